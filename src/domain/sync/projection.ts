import { type Capacity, fitToRecord, listKept } from '#domain/accepted-items.ts';
import type { Placement, Subject } from '#domain/audience.ts';
import {
  type ContactFields,
  emptyValueOf,
  type FieldName,
  fieldNames,
  type ProviderValues,
  type RecordPatch,
} from '#domain/contact.ts';
import { type ContactSets, isBlank, itemKeys, type SetField, type SetItem, setFields } from '#domain/equality.ts';
import { fieldTable } from '#domain/fields.ts';
import { shapeNames } from '#domain/name-parts.ts';
import { joinRefusals, listChannels } from '#domain/refusal.ts';
import type { DoNotContact } from '#domain/values.ts';

/** The contact as one provider should see it. */
export interface Projection {
  /** Whether the provider should have a record at all. An unwanted record that exists leaves its lists. */
  wanted: boolean;
  fields: RecordPatch['set'];
  /**
   * The keys of every item of a set, as the provider would show it. A provider with room for fewer items may hold any of them.
   */
  mayHold: Partial<Record<SetField, string[]>>;
  hasTags: string[];
  /** `others`: every tag that the contact does not have. */
  lacksTags: string[] | 'others';
  inLists: string[];
  notInLists: string[];
}

/** A provider's capabilities. */
export interface Target extends Capacity {
  provider: string;
  /** Canonical fields that it can hold. */
  holds: readonly FieldName[];
  role: Role;
}

/**
 * Which contacts have a record at a provider:
 * - `audience`: those that an audience places there
 * - `everyone`: all contacts
 * - `linked`: only those that have one already
 */
export type Role = 'audience' | 'everyone' | 'linked';

export interface ProjectionInput {
  target: Target;
  subject: Subject;
  /** The contact's lists and tags at this provider; null when no audience places it there. */
  placement: Placement | null;
  /** Every list and tag that the audiences manage there. */
  managed: { lists: string[]; tags: string[] };
  /** The values that the record is known to hold; null before there is one. */
  held: ProviderValues | null;
}

/** The contact as the target should hold it. */
export function projectContact(input: ProjectionInput): Projection {
  return input.target.role === 'audience' ? projectToAudience(input) : projectToMember(input);
}

/** An audience target holds the contact's fields and places while an audience wants it there, and nothing otherwise. */
function projectToAudience({ target, subject, placement, managed, held }: ProjectionInput): Projection {
  if (placement === null) {
    const doNotContact = refusalsOf(subject);
    return {
      wanted: false,
      // A refusal must reach the record that stays behind, or it would be dialled from another list.
      fields:
        Object.values(doNotContact).some(Boolean) && target.holds.includes('doNotContact')
          ? toPatchable(target.fitValues({ doNotContact }))
          : {},
      mayHold: {},
      hasTags: [],
      lacksTags: managed.tags,
      inLists: [],
      notInLists: managed.lists,
    };
  }
  return {
    wanted: true,
    ...projectFields(target, subject, held),
    hasTags: placement.addTags,
    lacksTags: [...placement.removeTags, ...without(managed.tags, placement.addTags)],
    inLists: placement.lists,
    notInLists: without(managed.lists, placement.lists),
  };
}

/** A member holds every field that it can. It gets no record for a deleted contact. */
function projectToMember({ target, subject, held }: ProjectionInput): Projection {
  const { fields, mayHold } = projectFields(target, subject, held);
  return {
    wanted: target.role === 'everyone' && !subject.isDeleted && identifiesSomebody(fields),
    fields,
    mayHold,
    hasTags: target.holds.includes('tags') ? (target.fitValues({ tags: subject.fields.tags }).tags ?? []) : [],
    lacksTags: target.holds.includes('tags') ? 'others' : [],
    inLists: [],
    notInLists: [],
  };
}

function identifiesSomebody(values: ProviderValues): boolean {
  return fieldNames.some((field) => fieldTable[field].isIdentifying && !isBlank(values[field]));
}

function projectFields(target: Target, subject: Subject, held: ProviderValues | null): Pick<Projection, 'fields' | 'mayHold'> {
  const { firstMatters = [] } = subject;
  const shaped = shapeNames(subject.fields, target.holds);
  const fields: ContactFields = { ...subject.fields, ...shaped, doNotContact: refusalsOf(subject) };
  const names = target.holds.filter((field) => field !== 'tags');
  const setNames = setFields.filter((field) => field !== 'tags' && target.holds.includes(field));
  const sets = setNames.map((field) => [field, withKept(target, field, { fields, held })]);
  const values: ProviderValues = {
    ...Object.fromEntries(names.map((field) => [field, fields[field] ?? emptyValueOf(field)])),
    ...Object.fromEntries(sets),
  };
  const fitted = fitToRecord(target, values, held);
  // A value that the provider cannot show at all (a birthday without its year) must not clear the value that it holds.
  for (const field of names) if (isBlank(fitted[field]) && !isBlank(fields[field])) delete fitted[field];
  const free = setNames.filter((field) => !firstMatters.includes(field));
  const keys = free.map((field) => [field, findKeys(target, field, values, held)]);
  return { fields: toPatchable(fitted), mayHold: Object.fromEntries(keys) };
}

/** A refusal belongs to the number or address as well as to the person: vendors apply it to everybody with that number or address. */
function refusalsOf({ fields: { doNotContact }, refused = [] }: Subject): DoNotContact {
  return joinRefusals(doNotContact, listChannels(refused));
}

/** The contact's items, and those of the record that no write may replace. */
function withKept<Field extends SetField>(
  { accepts }: Target,
  field: Field,
  { fields, held }: { fields: ContactFields; held: ProviderValues | null },
): SetItem<Field>[] {
  const keyOf = itemKeys[field];
  const { [field]: items }: ContactSets = fields;
  const kept = listKept(field, accepts, held);
  const keys = new Set(kept.map(keyOf));
  return [...kept, ...items.filter((item) => !keys.has(keyOf(item)))];
}

/** Without tags and lists, which a patch adds and removes one by one. */
function toPatchable({ tags: _, lists: __, ...fields }: ProviderValues): Projection['fields'] {
  return fields;
}

/** Filler is not among them: it gives way to everything else. */
function findKeys<Field extends SetField>(
  target: Target,
  field: Field,
  values: ProviderValues,
  held: ProviderValues | null,
): string[] {
  const { [field]: items = [] }: Partial<ContactSets> = values;
  const kept = { [field]: listKept(field, target.accepts, held) };
  return items.flatMap((item) => {
    const fitted: Partial<ContactSets> = fitToRecord(target, { [field]: [item] }, kept);
    return fitted[field]?.map(itemKeys[field]) ?? [];
  });
}

function without(all: string[], some: string[]): string[] {
  return all.filter((item) => !some.includes(item));
}
