import { emptyFields, type ProviderValues, type RecordPatch } from '#domain/contact.ts';
import { itemKeys, type SetField, setFields } from '#domain/equality.ts';
import type { DoNotContact } from '#domain/values.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { fitTo, storedBy, type Traits } from './traits.ts';

/** The values of a record from `at` on. */
export interface Version {
  number: number;
  /** Milliseconds by the fake clock. */
  at: number;
  values: ProviderValues;
}

/** A record of the model vendor. */
export interface ModelRecord {
  externalId: string;
  reference: string | null;
  isDeleted: boolean;
  createdAt: number;
  /** The newest last. */
  versions: Version[];
  /** Columns that are unknown to Accord. */
  unmapped: Record<string, string>;
  /** The numbers of the versions that Accord has read or written. */
  known: Set<number>;
  /** The values before an unanswered write, until a read shows them. */
  beforeUnheard: Version | null;
  /** Since when reads wrongly miss it; null after a correct read. */
  missedSince: number | null;
}

export const currentOf = (record: ModelRecord): Version => record.versions.at(-1) as Version;

export function show(traits: Traits, record: ModelRecord, version: Version = currentOf(record)): ProviderRecord {
  const { number, at } = version;
  const [tag, time] = traits.countsVersions ? [String(number), at - (at % 1_000)] : [`"${number}"`, at];
  return structuredClone({
    externalId: record.externalId,
    version: traits.hasPrecondition ? tag : null,
    updatedAt: traits.saysWhen ? new Date(time + traits.skewSeconds * 1_000).toISOString() : null,
    reference: traits.keepsReference ? record.reference : null,
    complete: true,
    // A complete record contains its blank fields.
    values: fitTo(traits, { ...emptyFields, lists: [], ...version.values }),
  });
}

/** The values after a patch: whole values for what it sets, tags one by one. */
export function patched(traits: Traits, values: ProviderValues, patch: RecordPatch): ProviderValues {
  const next: ProviderValues = { ...values, ...patch.set };
  const removed = patch.removeTags.map(itemKeys.tags);
  const kept = (values.tags ?? []).filter((tag) => !removed.includes(itemKeys.tags(tag)));
  const keptKeys = kept.map(itemKeys.tags);
  next.tags = [...kept, ...patch.addTags.filter((tag) => !keptKeys.includes(itemKeys.tags(tag)))];
  const lists = (values.lists ?? []).filter((list) => !patch.removeLists.includes(list));
  if (traits.hasLists) next.lists = [...new Set([...lists, ...patch.addLists])];
  if (values.doNotContact && patch.set.doNotContact)
    next.doNotContact = eitherDenied(values.doNotContact, patch.set.doNotContact);
  return storedBy(traits, next);
}

/** A write sets refusals and never lifts them. */
function eitherDenied(one: DoNotContact, other: DoNotContact): DoNotContact {
  return { call: one.call || other.call, sms: one.sms || other.sms, email: one.email || other.email };
}

/** The edits since `shown` that a patch overwrites without knowing of them: without versions, this race cannot be avoided. */
export type Unseen =
  | { field: 'givenName' | 'note'; value: string | null }
  /** An item that was added or removed since then. */
  | { field: SetField; key: string };

export function unseenBy(record: ModelRecord, shownNumber: number, patch: RecordPatch): Unseen[] {
  const shown = record.versions.find(({ number }) => number === shownNumber)?.values ?? {};
  const current = currentOf(record).values;
  const texts = (['givenName', 'note'] as const).filter((field) => field in patch.set && shown[field] !== current[field]);
  const lists = setFields.filter((field) => field in patch.set);
  return [
    ...texts.map((field) => ({ field, value: current[field] ?? null })),
    ...lists.flatMap((field) => {
      const [before, now] = [keysOf(shown, field), keysOf(current, field)];
      const changed = [...now.filter((key) => !before.includes(key)), ...before.filter((key) => !now.includes(key))];
      return changed.map((key) => ({ field, key }));
    }),
  ];
}

function keysOf(values: ProviderValues, field: SetField): string[] {
  return ((values[field] ?? []) as never[]).map(itemKeys[field] as (item: never) => string);
}
