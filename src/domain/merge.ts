import { ruleFor, theirsWins } from './conflict.ts';
import { mergeConsent } from './consent.ts';
import type { ContactFields, FieldName, Provenance } from './contact.ts';
import { isBlank, isSetField, sameValue } from './equality.ts';
import type { MergedField, MergeInput } from './merge-input.ts';
import { mergeSets } from './merge-sets.ts';

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
  /** The conflict waits for a person: nothing is written over what the provider holds. */
  asks?: true;
}

/**
 * Three-way, field by field: what the provider changed since we last looked is taken over, what it left alone keeps our value.
 * A provider that repeats what we know of it (an echo, a moved etag), or shows a write of ours landing, changes nothing.
 */
export function mergeRecord(input: MergeInput): MergeResult {
  const fields = { ...input.fields };
  const provenance = { ...input.provenance };
  const changes: FieldChange[] = [];
  for (const field of fieldsOf(input)) {
    const merged = field === 'doNotContact' ? mergeConsent(input) : mergeField(field, input);
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
  return { fields, provenance, changes };
}

/** A permission counts also where the record says nothing of refusals. */
function fieldsOf({ theirs, grants = [] }: MergeInput): FieldName[] {
  const told = Object.keys(theirs).filter((field) => field !== 'lists') as FieldName[];
  return grants.length > 0 && !told.includes('doNotContact') ? [...told, 'doNotContact'] : told;
}

function mergeField(field: Exclude<FieldName, 'doNotContact'>, input: MergeInput): MergedField | null {
  const base = input.base?.[field];
  const theirs = input.theirs[field];
  const ours = input.fields[field];
  if (base !== undefined && sameValue(field, theirs, base)) return null;
  if (isLanding(field, input)) return null;
  if (sameValue(field, theirs, input.fitValues({ [field]: ours })[field])) return null;
  const untouched = isUntouchedByUs(field, input);
  const rule = ruleFor(field, input.conflicts);
  if (rule.mode === 'owner' && rule.order[0] !== input.provider && !isBlank(ours)) return { after: ours, losing: theirs };
  if (isSetField(field) && (untouched || rule.mode === 'keep-both')) return toMerged(field, ours, mergeSets(field, input));
  return untouched ? { after: theirs } : settleConflict(field, input, ours, theirs);
}

/** What we sent, and heard nothing of, shows in the record: it is our write, not an edit. */
function isLanding(field: FieldName, { attempts, theirs, fitValues }: MergeInput): boolean {
  if (field === 'tags') return false;
  return attempts.some(({ set }) => field in set && sameValue(field, theirs[field], fitValues({ [field]: set[field] })[field]));
}

/** The provider held what we say, as far as it can: whatever it holds now, a person wrote there. */
function isUntouchedByUs(field: FieldName, { base, fields, echoPairs, attempts, fitValues }: MergeInput): boolean {
  const ours = fitValues({ [field]: fields[field] })[field] ?? fields[field];
  const known = base?.[field];
  if (known === undefined ? isBlank(ours) : sameValue(field, ours, known)) return true;
  const echo = echoPairs[field];
  if (echo && sameValue(field, echo.sent, ours) && sameValue(field, echo.seen, known)) return true;
  // Our value may have landed, and been edited there since.
  return attempts.some(({ set }) => field !== 'tags' && field in set && sameValue(field, set[field], ours));
}

function toMerged(field: FieldName, ours: unknown, after: unknown): MergedField | null {
  return sameValue(field, ours, after) ? null : { after };
}

function settleConflict(
  field: Exclude<FieldName, 'doNotContact'>,
  input: MergeInput,
  ours: unknown,
  theirs: unknown,
): MergedField | null {
  const clearedOnPurpose = !isBlank(input.base?.[field]);
  if (isBlank(theirs) && !clearedOnPurpose) return null;
  if (isBlank(ours) && input.base?.[field] === undefined) return { after: theirs };
  if (ruleFor(field, input.conflicts).mode === 'ask') return { after: ours, losing: theirs, asks: true };
  return theirsWins(field, input) ? { after: theirs, losing: ours } : { after: ours, losing: theirs };
}
