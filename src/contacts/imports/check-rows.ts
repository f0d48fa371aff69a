import type { ContactDeps } from '#contacts/contact-deps.ts';
import { areErased } from '#contacts/erasure/kept-out.ts';
import { toHolder, withLimits } from '#contacts/matching/match-keys.ts';
import { type MatchingDeps, nobodyId } from '#contacts/matching/recognise-record.ts';
import { type FoundContact, listLivingContacts } from '#db/contacts/living-contacts.ts';
import { type HolderRow, listHolders } from '#db/contacts/matching/match-keys.ts';
import type { Database } from '#db/database.ts';
import { listRowsByKeys } from '#db/imports/rows.ts';
import { emptyFields, type ProviderValues } from '#domain/contact.ts';
import type { ImportOutcome } from '#domain/import.ts';
import { isConnecting, keyName, type MatchKey, maxHolders, toMatchKeys } from '#domain/matching/match-keys.ts';
import { type Profile, toProfile, withoutOwnAddresses } from '#domain/matching/profile.ts';
import { defaultRules, type Holder, recognise } from '#domain/matching/recognise.ts';
import { listFillingChanges } from '#domain/merge/fill-blanks.ts';

export interface RowToCheck {
  number: number;
  values: ProviderValues | null;
  /** The contact that a row of our own export names. */
  namedId: string | null;
}

export interface CheckedRow {
  number: number;
  outcome: ImportOutcome;
  /** The contact that the row is recognised as, or that a person is asked about. */
  contactId: string | null;
  /** The fields that the contact gets something in. */
  changes: string[];
  /** The person was erased, so the row is not imported. */
  isErased: boolean;
}

/** Of a key that rows on many pages have, as many are compared: it connects nobody anyway. */
const rowsPerKey = 5;

/**
 * The planned outcome of rows, by the rules that also import them. Changes nothing, and makes the same few queries for any
 * number of rows.
 */
export async function checkRows(
  db: Database,
  deps: MatchingDeps & Pick<ContactDeps, 'erasureSecret'>,
  { importId, rows }: { importId: string; rows: readonly RowToCheck[] },
): Promise<CheckedRow[]> {
  const erased = await areErased(
    db,
    deps,
    rows.map(({ values }) => values ?? {}),
  );
  const parties = rows.map((row) => toParty(row, deps));
  const known = await findKnown(db, parties);
  const earlier = await findEarlier(db, deps, { importId, parties });
  const rules = deps.matching ?? defaultRules;
  return parties.map((party, at): CheckedRow => {
    const isErased = erased[at] ?? false;
    const { number, values, named, profile, keys } = { ...party, named: known.named.get(party.namedId ?? '') };
    if (values === null || isErased) return { number, outcome: 'unreadable', contactId: null, changes: [], isErased };
    if (named) return toMatched(number, values, named);
    const subject = { profile, contactId: null };
    const decision = recognise(subject, withOwnKeys(known.holders, keys), rules);
    if (decision.kind === 'merge') {
      const { contactId } = decision;
      return toMatched(number, values, { id: contactId, fields: known.fields.get(contactId) ?? emptyFields });
    }
    if (decision.kind === 'ask')
      return {
        number,
        outcome: 'asked',
        contactId: decision.candidates[0]?.contactId ?? null,
        changes: Object.keys(values),
        isErased,
      };
    const before = withOwnKeys(earlier, keys, ({ contactId }) => Number(contactId) < number);
    const isRepeated = recognise(subject, before, rules).kind === 'merge';
    return { number, outcome: isRepeated ? 'repeated' : 'new', contactId: null, changes: Object.keys(values), isErased };
  });
}

interface Party extends RowToCheck {
  profile: Profile;
  keys: MatchKey[];
}

function toParty(row: RowToCheck, { ownAddresses }: MatchingDeps): Party {
  const profile = withoutOwnAddresses(toProfile(row.values === null ? [] : [row.values]), ownAddresses);
  return { ...row, profile, keys: toMatchKeys(profile) };
}

type HoldersByKey = ReadonlyMap<string, readonly Holder[]>;

interface Known {
  holders: HoldersByKey;
  /** Of every holder, by contact id. */
  fields: ReadonlyMap<string, ProviderFields>;
  named: ReadonlyMap<string, FoundContact>;
}

type ProviderFields = FoundContact['fields'];

async function findKnown(db: Database, parties: readonly Party[]): Promise<Known> {
  const keys = [...new Map(parties.flatMap((party) => party.keys).map((key) => [keyName(key), key])).values()];
  const found: HolderRow[] = await listHolders(db, { keys: withLimits(keys), exceptId: nobodyId });
  const named = await listLivingContacts(
    db,
    parties.flatMap(({ namedId }) => namedId ?? []),
  );
  return {
    holders: byKey(found.map(toHolder)),
    fields: new Map(found.map(({ id, fields }) => [id, { ...emptyFields, ...fields }])),
    named,
  };
}

/**
 * The rows of the file up to the last of some, which may be one person with one of them, as holders whose contact is their number. Of rows
 * with one key, the first ones.
 */
async function findEarlier(
  db: Database,
  deps: MatchingDeps,
  { importId, parties }: { importId: string; parties: readonly Party[] },
): Promise<HoldersByKey> {
  const keys = [...new Set(parties.flatMap((party) => party.keys.filter(isConnecting).map(keyName)))];
  const before = parties[0]?.number ?? 0;
  const found = keys.length === 0 ? [] : await listRowsByKeys(db, { importId, keys, before, perKey: rowsPerKey });
  const known = found.toSorted((a, b) => a.number - b.number).map((row) => toParty({ ...row, namedId: null }, deps));
  const readable = parties.filter(({ values }) => values !== null);
  const holders = [...known, ...readable].map(
    ({ number, profile, keys: own }): Holder => ({ contactId: String(number), profile, keys: own }),
  );
  return withinLimits(byKey(holders));
}

/** As many rows of one key as contacts would be: the time for a page stays the same when they all have one number or one name. */
function withinLimits(rows: HoldersByKey): HoldersByKey {
  const kept = [...rows].filter(([key, all]) => connecting.test(key) || all.length <= maxHolders.leading);
  return new Map(kept.map(([key, all]) => [key, all.slice(0, maxHolders.connecting)]));
}

const all = (): boolean => true;
const connecting = /^(?:email|phone)\//;

function byKey(holders: readonly Holder[]): HoldersByKey {
  const found = new Map<string, Holder[]>();
  for (const holder of holders) {
    for (const key of holder.keys.map(keyName)) {
      const others = found.get(key);
      if (others) others.push(holder);
      else found.set(key, [holder]);
    }
  }
  return found;
}

/** The holders of the keys, each with those that it has in common: the queries were for all rows together. */
function withOwnKeys(holders: HoldersByKey, keys: readonly MatchKey[], isWanted: (holder: Holder) => boolean = all): Holder[] {
  const names = new Set(keys.map(keyName));
  const found = new Set([...names].flatMap((name) => holders.get(name)?.filter(isWanted) ?? []));
  return [...found].map((holder) => {
    const common = holder.keys.filter((key) => names.has(keyName(key)));
    const values = new Set(common.map(({ value }) => value));
    return { ...holder, keys: common, unproven: (holder.unproven ?? []).filter((value) => values.has(value)) };
  });
}

function toMatched(number: number, values: ProviderValues, { id, fields }: FoundContact): CheckedRow {
  const changes = listFillingChanges(fields, values).map(({ field }) => field);
  return { number, outcome: changes.length === 0 ? 'unchanged' : 'changed', contactId: id, changes, isErased: false };
}
