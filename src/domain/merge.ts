import type { ContactFields, DoNotContact, FieldName, Provenance, ProviderValues } from './contact.ts';
import { isBlank, isSetField, itemKeys, type SetField, sameValue } from './equality.ts';

export interface MergeInput {
  fields: ContactFields;
  provenance: Provenance;
  /** What the provider was known to hold before; null before the first read. */
  base: ProviderValues | null;
  /** What it holds now. */
  theirs: ProviderValues;
  provider: string;
  /** When the change reached us, ISO 8601. */
  at: string;
  /** Providers, the one that wins a conflict first. */
  authority: readonly string[];
}

export interface MergeResult {
  fields: ContactFields;
  provenance: Provenance;
  changes: FieldChange[];
}

export interface FieldChange {
  field: FieldName;
  before: unknown;
  after: unknown;
  /** Present when both sides had changed: the value that did not survive. */
  losing?: unknown;
}

/**
 * Three-way, field by field: what the provider changed since we last looked is taken over, what it left alone keeps our value.
 * A provider that repeats what we know of it (an echo, a moved etag) changes nothing.
 */
export function mergeRecord(input: MergeInput): MergeResult {
  const fields = { ...input.fields };
  const provenance = { ...input.provenance };
  const changes: FieldChange[] = [];
  for (const field of Object.keys(input.theirs) as (keyof ProviderValues)[]) {
    if (field === 'lists') continue;
    const merged = mergeField(field, input);
    if (merged === null) continue;
    changes.push({ field, before: fields[field], ...merged });
    if (sameValue(field, fields[field], merged.after)) continue;
    Object.assign(fields, { [field]: merged.after });
    provenance[field] = { provider: input.provider, changedAt: input.at };
  }
  return { fields, provenance, changes };
}

type Merged = { after: unknown; losing?: unknown } | null;

function mergeField(field: FieldName, input: MergeInput): Merged {
  const base = input.base?.[field];
  const theirs = input.theirs[field];
  const ours = input.fields[field];
  if (base !== undefined && sameValue(field, theirs, base)) return null;
  if (sameValue(field, theirs, ours)) return null;
  if (field === 'doNotContact') return mergeConsent(input, ours as DoNotContact, theirs as DoNotContact);
  const untouchedByUs = sameValue(field, ours, base) || (base === undefined && isBlank(ours));
  if (untouchedByUs) return { after: theirs };
  if (isSetField(field)) return { after: mergeSets(field, base ?? [], theirs as never, ours as never) };
  return settleConflict(field, input, ours, theirs);
}

/** Deny wins. Only the provider that denied may allow again: there a person took the refusal back. */
function mergeConsent({ provider, provenance }: MergeInput, ours: DoNotContact, theirs: DoNotContact): Merged {
  const mayAllow = provenance.doNotContact === undefined || provenance.doNotContact.provider === provider;
  const after: DoNotContact = mayAllow
    ? theirs
    : { call: ours.call || theirs.call, sms: ours.sms || theirs.sms, email: ours.email || theirs.email };
  return sameValue('doNotContact', after, ours) ? null : { after };
}

/** Added by either side is kept, removed by either side is removed. */
function mergeSets<F extends SetField>(field: F, base: unknown, theirs: ContactFields[F], ours: ContactFields[F]): unknown[] {
  const keyOf = itemKeys[field] as (item: unknown) => string;
  const baseKeys = new Set((base as unknown[]).map(keyOf));
  const theirKeys = new Set(theirs.map(keyOf));
  const ourKeys = new Set(ours.map(keyOf));
  const kept = ours.filter((item) => theirKeys.has(keyOf(item)) || !baseKeys.has(keyOf(item)));
  const added = theirs.filter((item) => !ourKeys.has(keyOf(item)) && !baseKeys.has(keyOf(item)));
  return [...kept, ...added];
}

function settleConflict(field: FieldName, input: MergeInput, ours: unknown, theirs: unknown): Merged {
  const clearedOnPurpose = !isBlank(input.base?.[field]);
  if (isBlank(theirs) && !clearedOnPurpose) return null;
  const theirsWins = rank(input.authority, input.provider) < rank(input.authority, input.provenance[field]?.provider);
  return theirsWins || isBlank(ours) ? { after: theirs, losing: ours } : { after: ours, losing: theirs };
}

function rank(authority: readonly string[], provider: string | undefined): number {
  const position = provider === undefined ? -1 : authority.indexOf(provider);
  return position === -1 ? authority.length : position;
}
