import { type FieldName, fieldRow, isFieldName, type ProviderValues, pickFields } from '#domain/contact.ts';
import { type ContactSets, isBlank, isSetField, itemKeys, type SetField, type SetItem, sameValue } from '#domain/equality.ts';
import type { MergeRule } from '#domain/fields.ts';
import { getConflictRule, theirsWins } from './conflict.ts';
import { mergeConsent } from './consent.ts';
import { findFullerValue, isWithin } from './fuller-value.ts';
import type { MergedField, MergeInput } from './merge-input.ts';
import { joinNames } from './merge-names.ts';
import type { FieldChange, MergeResult } from './merge-result.ts';
import { mergeSets } from './merge-sets.ts';

/**
 * Three-way merge, field by field: takes over each value that the provider changed since the last read, and keeps ours where it
 * did not. An echo, a moved etag, or one of our own writes landing changes nothing.
 */
export function mergeRecord(input: MergeInput): MergeResult {
  const { joined, restore } = joinNames(input);
  return restore(mergeFields(joined));
}

function mergeFields(input: MergeInput): MergeResult {
  const fields = { ...input.fields };
  const provenance = { ...input.provenance };
  const changes: FieldChange[] = [];
  for (const field of listFields(input)) {
    const merged = mergers[fieldRow(field).merge](field, input);
    if (merged === null) continue;
    const { by, ...change } = merged;
    changes.push({ field, before: fields[field], ...change });
    if (!by && sameValue(field, fields[field], merged.after)) continue;
    Object.assign(fields, { [field]: merged.after });
    provenance[field] = {
      provider: input.provider,
      changedAt: input.at,
      ...(input.updatedAt && { updatedAt: input.updatedAt }),
      ...(by && { by }),
    };
  }
  for (const field of input.preferred ?? []) preferItems(field, input, { fields, provenance, changes });
  return { fields, provenance, changes };
}

/** Puts the record's items before the others, in their order. */
function preferItems<Field extends SetField>(
  field: Field,
  input: MergeInput,
  { fields, provenance, changes }: MergeResult,
): void {
  const keyOf = itemKeys[field];
  const { [field]: theirs = [] }: Partial<ContactSets> = input.theirs;
  const { [field]: known }: ContactSets = fields;
  const wanted = new Set(theirs.map(keyOf));
  const isFirst = (item: SetItem<Field>) => wanted.has(keyOf(item));
  const after = [...known.filter(isFirst), ...known.filter((item) => !isFirst(item))];
  const [first] = after;
  if (first === undefined || !isFirst(first) || after.every((item, at) => item === known[at])) return;
  const { provider, at: changedAt, updatedAt } = input;
  const change = changes.find((each) => each.field === field);
  if (change) change.after = after;
  else changes.push({ field, before: fields[field], after });
  Object.assign(fields, { [field]: after });
  provenance[field] = { provider, changedAt, ...(updatedAt && { updatedAt }), first: keyOf(first) };
}

/** A permission counts even when the record holds no refusals. */
function listFields({ theirs, grants = [] }: MergeInput): FieldName[] {
  const told = Object.keys(theirs).filter(isFieldName);
  return grants.length > 0 && !told.includes('doNotContact') ? [...told, 'doNotContact'] : told;
}

/** Null when the field does not change. */
type Merger = (field: FieldName, input: MergeInput) => MergedField | null;

const mergers: Record<MergeRule, Merger> = {
  replace: mergeField,
  items: mergeField,
  'deny-wins': (_, input) => mergeConsent(input),
};

function mergeField(field: FieldName, input: MergeInput): MergedField | null {
  const base = input.base?.[field];
  const theirs = input.theirs[field];
  const ours = input.fields[field];
  if (base !== undefined && sameValue(field, theirs, base)) return null;
  if (isLanding(field, input)) return null;
  if (sameValue(field, theirs, input.fitValues(pickFields(input.fields, [field]))[field])) return null;
  const untouched = isUntouchedByUs(field, input);
  const rule = getConflictRule(field, input.conflicts);
  if (rule.mode === 'owner' && rule.order[0] !== input.provider && !isBlank(ours)) return { after: ours, losing: theirs };
  if (isSetField(field) && (untouched || rule.mode === 'keep-both')) return toMerged(field, ours, mergeSets(field, input));
  return untouched ? { after: theirs } : settleConflict(field, input, ours, theirs);
}

/** Whether the record shows a value that an unanswered write of ours sent: the write has landed, and nobody edited the field. */
function isLanding(field: FieldName, { attempts, theirs, fitValues }: MergeInput): boolean {
  return attempts.some(
    ({ set }: { set: ProviderValues }) =>
      field in set && sameValue(field, theirs[field], fitValues(pickFields(set, [field]))[field]),
  );
}

/** Whether the provider held our value, as far as it can hold it. Then its present value is a person's edit. */
function isUntouchedByUs(field: FieldName, { base, fields, echoPairs, attempts, fitValues }: MergeInput): boolean {
  const ours = fitValues(pickFields(fields, [field]))[field] ?? fields[field];
  const known = base?.[field];
  if (known === undefined ? isBlank(ours) : sameValue(field, ours, known)) return true;
  const echo = echoPairs[field];
  if (echo && sameValue(field, echo.sent, ours) && sameValue(field, echo.seen, known)) return true;
  // Our value may have landed, and been edited there since.
  return attempts.some(({ set }: { set: ProviderValues }) => field in set && sameValue(field, set[field], ours));
}

function toMerged(field: FieldName, ours: unknown, after: unknown): MergedField | null {
  return sameValue(field, ours, after) ? null : { after };
}

/** A blank value wins over ours only where the provider held a value before: somebody cleared it there. */
function settleConflict(field: FieldName, input: MergeInput, ours: unknown, theirs: unknown): MergedField | null {
  const clearedOnPurpose = !isBlank(input.base?.[field]);
  if (isBlank(theirs) && !clearedOnPurpose) return null;
  if (isBlank(ours) && input.base?.[field] === undefined) return { after: theirs };
  const { mode } = getConflictRule(field, input.conflicts);
  if (mode === 'ask') return { after: ours, losing: theirs, asks: true };
  // Nobody has edited anything: two records turn out to be of one person.
  if (input.base === null && mode === 'authority') {
    const fuller = findFullerValue(field, ours, { value: theirs, provider: input.provider });
    if (fuller !== null) return toFuller(field, { fuller, ours, theirs });
  }
  return theirsWins(field, input) ? { after: theirs, losing: ours } : { after: ours, losing: theirs };
}

/** The value that gives way is a losing one, unless the fuller value has all of it. */
function toFuller(
  field: FieldName,
  { fuller, ours, theirs }: { fuller: unknown; ours: unknown; theirs: unknown },
): MergedField | null {
  if (!isWithin(field, theirs, fuller)) return { after: ours, losing: theirs };
  if (!isWithin(field, ours, fuller)) return { after: fuller, losing: ours };
  return sameValue(field, ours, fuller) ? null : { after: fuller };
}
