import type { Circumstances } from '#contacts/consent/contact-evidence.ts';
import { getConnected, roleOf } from '#contacts/contact-deps.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import type { HistoryEntry } from '#db/contacts/history.ts';
import type { OpenAttempt, OpenLink } from '#db/contacts/links.ts';
import type { PastValues } from '#db/contacts/tables.ts';
import { fitToRecord } from '#domain/accepted-items.ts';
import { emptyFields, listFields, type ProviderValues, pickFields, type RecordPatch, valueNames } from '#domain/contact.ts';
import { isBlank, sameValue, sameValues } from '#domain/equality.ts';
import { type IdentityKey, toIdentityKeys } from '#domain/matching/identity-keys.ts';
import { refusersOf } from '#domain/merge/consent.ts';
import { fillBlanks, fillingConflicts } from '#domain/merge/fill-blanks.ts';
import { mergeRecord } from '#domain/merge/merge-record.ts';
import type { FieldChange, MergeResult } from '#domain/merge/merge-result.ts';
import type { Values } from '#domain/merge/split.ts';
import { shapeNames } from '#domain/name-parts.ts';
import { applyPatch, type EchoPairs, namesInPatch, withoutRenewed } from '#domain/sync/patch.ts';
import type { ProviderRecord } from '#providers/provider.ts';

export interface AppliedWrite {
  /** The patch that the provider has just accepted; omitted for a read. */
  written?: RecordPatch;
  /** The record's values before the write, where they are not the link's shadow or the payload of its create. */
  base?: ProviderValues | null;
}

/** How long after it was sent an unanswered write may still become visible. */
const landingMs = 60_000;
/** How old the values that a vendor's lagging copy returns may be. */
export const lagMs = 60_000;

/**
 * Merges a record into the contact and updates the link: resolved attempts, learned echo pairs, and the record's values as the new
 * shadow, whatever the merge decided. True when the contact changed.
 */
export function applyRecord(unit: ContactUnit, link: OpenLink, record: ProviderRecord, write: AppliedWrite = {}): boolean {
  const { written } = write;
  const known = toKnownBefore(link, record, write);
  const { shadow, echoPairs } = written ? learn(known, written, record.values) : known;
  const { contact, deps } = unit;
  const { fields, provenance, changes } = mergeInto(unit, link, record, { shadow, echoPairs });
  if (!written && !record.submission?.isUnproven) unit.proveKeys(findNewKeys(link, record.values, shadow));
  // Somebody has entered a deleted person again, maybe with the same values.
  const isEnteredAgain = link.shadow === null && !written;
  const isRestored = link.state === 'tombstoned' || (contact.isDeleted && (changes.length > 0 || isEnteredAgain));
  const isEdited = link.state === 'linked' && wasEdited(link, record, { shadow, isAnswer: written !== undefined });
  resolveAttempts(unit, link, record.values, written !== undefined);
  unit.changeLink(link, {
    state: 'linked',
    external_id: record.externalId,
    intent_payload: null,
    ...toShadow(link, record.values, deps.now()),
    echo_pairs: echoPairs,
    held: toHeld(link.held, changes, shapeNames(record.values, [])),
    version: record.version,
    remote_updated_at: record.updatedAt === null ? null : new Date(record.updatedAt),
    missing_since: null,
    removed_at: null,
    last_error: null,
    ...(isEdited && { edited_at: deps.now() }),
    ...(written ? { pushed_at: deps.now() } : { observed_at: deps.now() }),
  });
  const { provider } = link;
  const ofLink = { provider, linkId: link.id };
  if (written) unit.addHistory({ kind: 'pushed', actor: 'accord', ...ofLink, after: namesInPatch(written) });
  if (record.consent) unit.addHistory({ kind: 'consent', actor: provider, ...ofLink, after: { ...record.consent } });
  if (changes.length === 0 && !isRestored) return false;
  if (isRestored) unit.addHistory({ kind: 'restored', actor: provider, ...ofLink });
  if (contact.revision === 0) unit.addHistory({ kind: 'created', actor: provider, ...ofLink });
  unit.addHistory(...changes.map((change) => toEntry(link, withRefusers(change, contact, { fields, provenance }))));
  unit.explainRefusals(toCircumstances(link, record));
  unit.changeContact({ fields, provenance, isDeleted: false });
  return true;
}

/** The contact with the record merged into it. Nothing is changed yet. */
export function mergeInto(unit: ContactUnit, link: OpenLink, record: ProviderRecord, known = toKnown(link, record)): MergeResult {
  const { contact, deps } = unit;
  const connected = getConnected(deps, link.provider);
  return mergeRecord({
    fields: contact.fields,
    provenance: contact.provenance,
    base: known.shadow,
    theirs: record.onlyFills ? fillBlanks(contact.fields, record.values) : mergedValues(unit, link.provider, record.values),
    fitValues: (values) => fitToRecord(connected, values, known.shadow),
    echoPairs: known.echoPairs,
    attempts: link.attempts.map(({ patch }) => patch),
    provider: link.provider,
    // A form has no records that somebody could edit later.
    ...(roleOf(deps, link.provider) !== null && {
      linkId: link.id,
      otherLinkIds: unit.links.filter((other) => other.id !== link.id && other.state === 'linked').map(({ id }) => id),
    }),
    at: deps.now().toISOString(),
    updatedAt: record.updatedAt,
    conflicts: record.onlyFills ? fillingConflicts : deps.conflicts,
    grants: record.consent?.grants ?? [],
    preferred: record.submission?.preferred ?? [],
  });
}

/** The evidence of the refusals and permissions in a record: in a form, the words that the visitor read. */
function toCircumstances(
  { id, provider }: OpenLink,
  { externalId, updatedAt, submission, consent }: ProviderRecord,
): Circumstances {
  const { words = null, ...granted } = consent?.evidence ?? {};
  const ofRecord = { record: externalId, ...(updatedAt !== null && { updatedAt }) };
  return {
    ...{ source: submission ? 'form' : 'account', actor: provider, linkId: id, reason: null },
    denied: { wording: submission?.refusal?.words ?? null, details: { ...ofRecord, ...submission?.refusal?.evidence } },
    lifted: { wording: words, details: { ...ofRecord, ...granted } },
  };
}

interface Known {
  shadow: ProviderValues | null;
  echoPairs: EchoPairs;
}

/** The last known values of the record, as far as the custom fields of that time are those of the record. */
function toKnown({ shadow, echo_pairs: echoPairs }: OpenLink, { values }: ProviderRecord): Known {
  return withoutRenewed({ shadow, echoPairs }, values);
}

/** The payload of a create has no ids of custom fields: its values are known all the same. */
function toKnownBefore(link: OpenLink, record: ProviderRecord, { base }: AppliedWrite): Known {
  if (base !== undefined) return { shadow: base, echoPairs: link.echo_pairs };
  const known = toKnown(link, record);
  return { ...known, shadow: known.shadow ?? link.intent_payload };
}

/** The keys that the record got elsewhere: neither known there before, nor written by us. */
function findNewKeys({ attempts }: OpenLink, values: ProviderValues, base: ProviderValues | null): IdentityKey[] {
  const known = [base ?? {}, ...attempts.map(({ patch }) => patch.set)].flatMap(toIdentityKeys);
  const isKnown = (key: IdentityKey) => known.some(({ kind, value }) => kind === key.kind && value === key.value);
  return toIdentityKeys(values).filter((key) => !isKnown(key));
}

/** Without an audience target's tags: Accord assigns some of them, and none describes the person. */
function mergedValues({ deps }: ContactUnit, provider: string, values: ProviderValues): ProviderValues {
  if (roleOf(deps, provider) !== 'audience') return values;
  const { tags: _, ...rest } = values;
  return rest;
}

/** For the patched fields the provider's answer is the truth; a value that it rewrote becomes an echo pair. */
function learn({ shadow: base, echoPairs: pairs }: Known, patch: RecordPatch, seen: ProviderValues): Known {
  const shadow: ProviderValues = applyPatch(base, patch);
  const sent: ProviderValues = patch.set;
  const echoPairs = { ...pairs };
  for (const field of valueNames(sent)) {
    delete echoPairs[field];
    if (sameValue(field, sent[field], seen[field])) continue;
    // A field that the record does not show, such as a deleted custom field, was not written. It counts as it was known before.
    const shown = field in seen ? seen[field] : base?.[field];
    echoPairs[field] = { sent: sent[field], seen: shown };
    Object.assign(shadow, { [field]: shown });
  }
  return { shadow, echoPairs };
}

/** The shadow that replaces the link's, which joins `recent` for as long as a lagging read may still return it. */
function toShadow(link: OpenLink, values: ProviderValues, now: Date): { shadow: ProviderValues; recent?: PastValues[] } {
  const shadow = { ...link.shadow, ...values };
  if (link.shadow === null || sameValues(shadow, link.shadow)) return { shadow };
  const young = link.recent.filter(({ until }) => now.getTime() - Date.parse(until) < lagMs);
  return { shadow, recent: [...young, { until: now.toISOString(), values: link.shadow }].slice(-5) };
}

/**
 * The answer to a write resolves every earlier attempt as landed. A read resolves the attempts that it shows, and as superseded
 * those that are too old to become visible.
 */
function resolveAttempts(unit: ContactUnit, link: OpenLink, values: ProviderValues, isAnswer: boolean): void {
  const landed = link.attempts.filter((attempt) => isAnswer || attempt.operation === 'create' || isVisible(attempt, values));
  const isOld = ({ started_at }: OpenAttempt) => unit.deps.now().getTime() - Date.parse(started_at) > landingMs;
  const lost = link.attempts.filter((attempt) => !landed.includes(attempt) && isOld(attempt));
  if (!isAnswer) {
    const ofLink = { provider: link.provider, linkId: link.id };
    for (const { cause, patch } of landed)
      unit.addHistory({ kind: 'pushed', actor: 'accord', ...ofLink, after: namesInPatch(patch), cause });
  }
  unit.resolveAttempts(link, landed, 'landed');
  unit.resolveAttempts(link, lost, 'superseded');
}

/**
 * Whether somebody else has edited the record since it was known last: a value differs that no attempt of ours explains, or the vendor's
 * time of the last change is later than our last write explains, after a change of something that Accord does not read.
 */
function wasEdited(
  { attempts, pushed_at, remote_updated_at }: OpenLink,
  { values, updatedAt }: ProviderRecord,
  { shadow, isAnswer }: { shadow: ProviderValues | null; isAnswer: boolean },
): boolean {
  if (shadow === null) return false;
  const explained = [shadow, ...attempts.map(({ patch }) => applyPatch(shadow, patch))];
  const isExplained = (field: keyof ProviderValues) => explained.some((known) => sameValue(field, known[field], values[field]));
  if (!valueNames(values).every((field) => !(field in shadow) || isExplained(field))) return true;
  if (isAnswer || updatedAt === null || pushed_at === null) return false;
  const latest = Math.max(pushed_at.getTime() + landingMs, remote_updated_at?.getTime() ?? 0);
  return Date.parse(updatedAt) > latest;
}

/** Whether the record's values include everything that the attempt wrote. */
function isVisible({ patch }: OpenAttempt, values: ProviderValues): boolean {
  const after = applyPatch(values, patch);
  return sameValues(after, { tags: [], lists: [], ...values });
}

/** The provider's current values of the fields whose conflicts wait for a person. */
function toHeld(held: ProviderValues, changes: readonly FieldChange[], values: ProviderValues): ProviderValues {
  const asked = changes.filter(({ asks }) => asks).map(({ field }) => field);
  const fields = new Set([...valueNames(held), ...asked]);
  return Object.fromEntries([...fields].map((field) => [field, values[field] ?? held[field]]));
}

function toEntry({ id: linkId, provider }: OpenLink, { asks, ...change }: FieldChange): Omit<HistoryEntry, 'contactId'> {
  return { kind: 'losing' in change ? 'conflict' : 'changed', actor: asks ? 'accord' : provider, provider, linkId, ...change };
}

/** The history has refusals with the records that made them: flags alone do not tell whose refusal a split takes away. */
function withRefusers(change: FieldChange, ...[before, after]: [before: Values, after: Values]): FieldChange {
  if (change.field !== 'doNotContact') return change;
  const toEntryValue = (side: Values) => ({ ...side.fields.doNotContact, by: refusersOf(side) });
  return { ...change, before: toEntryValue(before), after: toEntryValue(after) };
}

/** A record's values as those of a contact that has no other record. */
export function toOwnValues(unit: ContactUnit, link: OpenLink, record: ProviderRecord): Values {
  const values = mergedValues(unit, link.provider, record.values);
  const source = {
    ...{ provider: link.provider, changedAt: unit.deps.now().toISOString() },
    ...(record.updatedAt !== null && { updatedAt: record.updatedAt }),
  };
  const known = listFields(values).filter((field) => !isBlank(values[field]));
  return {
    fields: { ...emptyFields, ...pickFields(values, known) },
    provenance: Object.fromEntries(known.map((field) => [field, source])),
  };
}
