import type { FieldName, FieldProvenance, Provenance, ProviderValues } from '#domain/contact.ts';
import { nameParts } from '#domain/fields.ts';
import { isSamePair, joinPair, type NameGroup, type NamePair, splitPair, toPair } from '#domain/name-parts.ts';
import type { EchoPairs } from '#domain/sync/patch.ts';
import type { MergeInput } from './merge-input.ts';
import type { FieldChange, MergeResult } from './merge-result.ts';

/** One group of a name on all sides of a merge. */
interface Sides {
  group: NameGroup;
  /** Whether the provider holds the part in a field of its own. */
  isSplit: boolean;
  ours: NamePair;
  theirs: NamePair;
  /** `theirs` as one text, or the text of the provider's field that holds both. */
  text: string | null;
  base: NamePair | null;
}

/**
 * Joins the parts of a name to wholes, so that both merge as one value: `Lovelace` and `Jr.` of one vendor are `Lovelace Jr.` of another.
 * `restore` splits the merged wholes again.
 */
export function joinNames(input: MergeInput): { joined: MergeInput; restore(result: MergeResult): MergeResult } {
  const told = nameParts.filter(({ whole, part }) => whole in input.theirs || part in input.theirs);
  const sides = told.map((group) => align(group, input));
  return {
    joined: sides.reduce(joinGroup, input),
    restore: (result) => sides.reduceRight((restored, each) => restoreGroup(restored, each, input), result),
  };
}

/**
 * The name on both sides. Where the provider was not known to hold the part, its absence on one side says nothing: that side gets the
 * other's.
 */
function align(group: NameGroup, { fields, theirs: record, base: known, fitValues }: MergeInput): Sides {
  const { whole, part } = group;
  const isSplit = part in fitValues({ [part]: null });
  const own = toPair(group, fields);
  const text = whole in record ? (record[whole] ?? null) : own.whole;
  const told = isSplit ? readSplit(group, { text, part: record[part], own }) : splitPair(group, text, own);
  const isKnown = known !== null && known[isSplit ? part : whole] !== undefined;
  const [ours, theirs] = isKnown ? [own, told] : [fill(own, told), fill(told, own)];
  const base = known === null ? null : toBase(group, known, { own, part: isKnown ? known[part] : theirs.part });
  return { group, isSplit, ours, theirs, text: isKnown && !isSplit ? text : joinPair(theirs), base };
}

/** The name of a record that may lack the part, such as a form's: its absence says nothing. */
function readSplit(
  group: NameGroup,
  { text, part, own }: { text: string | null; part: string | null | undefined; own: NamePair },
): NamePair {
  if (part !== undefined) return { whole: text, part };
  return text === null ? { whole: null, part: own.part } : fill(splitPair(group, text, own), own);
}

/** Null where neither is known. */
function toBase(
  { whole, part }: NameGroup,
  known: ProviderValues,
  { own, part: knownPart = null }: { own: NamePair; part: string | null | undefined },
): NamePair | null {
  if (known[whole] === undefined && known[part] === undefined) return null;
  return { whole: known[whole] === undefined ? own.whole : known[whole], part: knownPart };
}

/** The pair with the part that only the other one has. */
function fill(pair: NamePair, { part }: NamePair): NamePair {
  const { whole } = pair;
  if (pair.part !== null || part === null || whole === null) return pair;
  return whole.endsWith(` ${part}`) ? { whole: whole.slice(0, -part.length - 1), part } : { whole, part };
}

function joinGroup(input: MergeInput, { group, isSplit, ours, text, base }: Sides): MergeInput {
  const { whole, part } = group;
  const { [part]: _, ...rest } = input.theirs;
  const latest = findLatest([input.provenance[whole], input.provenance[part]]);
  // The text of a field that holds both is compared as it stands there.
  const known = base && (isSplit ? joinPair(base) : base.whole);
  const attempts = input.attempts.map((attempt) => {
    const { set }: { set: ProviderValues } = attempt;
    if (set[whole] === undefined && set[part] === undefined) return attempt;
    const { [whole]: first = base?.whole ?? null, [part]: second = isSplit ? (base?.part ?? null) : null } = set;
    return { ...attempt, set: { ...attempt.set, [whole]: joinPair({ whole: first, part: second }) } };
  });
  return {
    ...input,
    fields: { ...input.fields, [whole]: joinPair(ours) },
    provenance: { ...input.provenance, ...(latest && { [whole]: latest }) },
    base: input.base && { ...input.base, ...(base && { [whole]: known }) },
    theirs: { ...rest, [whole]: text },
    echoPairs: isSplit ? joinEcho(group, input.echoPairs, { ours, base }) : input.echoPairs,
    attempts,
  };
}

function findLatest(all: (FieldProvenance | undefined)[]): FieldProvenance | undefined {
  return all.flatMap((each) => each ?? []).toSorted((one, other) => (one.changedAt < other.changedAt ? 1 : -1))[0];
}

function joinEcho({ whole, part }: NameGroup, echoPairs: EchoPairs, { ours, base }: Pick<Sides, 'ours' | 'base'>): EchoPairs {
  const [echo, echoOfPart] = [echoPairs[whole], echoPairs[part]];
  if (!echo && !echoOfPart) return echoPairs;
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  const sent = { whole: text(echo ? echo.sent : ours.whole), part: text(echoOfPart ? echoOfPart.sent : ours.part) };
  const seen = { whole: text(echo ? echo.seen : base?.whole), part: text(echoOfPart ? echoOfPart.seen : base?.part) };
  return { ...echoPairs, [whole]: { sent: joinPair(sent), seen: joinPair(seen) } };
}

function restoreGroup(result: MergeResult, sides: Sides, input: MergeInput): MergeResult {
  const { whole, part } = sides.group;
  const change = result.changes.find(({ field }) => field === whole);
  const isTaken = change !== undefined && change.after === sides.text && change.after !== joinPair(sides.ours);
  const pair = isTaken || isSplitAnew(sides, change) ? sides.theirs : sides.ours;
  const merged = { [whole]: pair.whole, [part]: pair.part };
  const changed = [whole, part].filter((field) => input.fields[field] !== merged[field]);
  const entries = changed.map((field): FieldChange => ({ field, before: input.fields[field], after: merged[field] }));
  // A conflict is about the whole name.
  const conflicts = change && 'losing' in change ? [change] : [];
  return {
    fields: { ...result.fields, ...merged },
    provenance: toProvenance(result.provenance, sides.group, { input, changed }),
    changes: [
      ...conflicts,
      ...(conflicts.length > 0 && isTaken ? [] : entries),
      ...result.changes.filter((each) => each !== change),
    ],
  };
}

/** Whether the two names are equal, and the provider has moved the border between whole and part, or shows one that we lack. */
function isSplitAnew({ isSplit, ours, theirs, base }: Sides, change: FieldChange | undefined): boolean {
  if (change || !isSplit || joinPair(ours) !== joinPair(theirs)) return false;
  return (ours.part === null && theirs.part !== null) || (base !== null && !isSamePair(base, theirs));
}

function toProvenance(
  merged: Provenance,
  { whole, part }: NameGroup,
  { input, changed }: { input: MergeInput; changed: readonly FieldName[] },
): Provenance {
  const { provider, at: changedAt, updatedAt } = input;
  const { [whole]: _, [part]: __, ...others } = merged;
  const provenance: Provenance = { ...others };
  for (const field of [whole, part]) {
    const known = input.provenance[field];
    if (changed.includes(field)) provenance[field] = { provider, changedAt, ...(updatedAt && { updatedAt }) };
    else if (known) provenance[field] = known;
  }
  return provenance;
}
