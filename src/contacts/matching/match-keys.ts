import {
  findRecords,
  type HolderRow,
  insertMatchKeys,
  listHolders,
  lockUnkeyed,
  saveMatchKeys,
} from '#db/contacts/matching/match-keys.ts';
import type { Database } from '#db/database.ts';
import { isConnecting, type MatchKey, maxHolders, toMatchKeys } from '#domain/matching/match-keys.ts';
import { type IdentifyingValues, type Profile, toIdentity, toProfile } from '#domain/matching/profile.ts';
import type { Holder } from '#domain/matching/recognise.ts';

/** The contacts that have one of the keys, each with every name that its records carry. */
export async function findHolders(
  db: Database,
  { keys, exceptId }: { keys: readonly MatchKey[]; exceptId: string },
): Promise<Holder[]> {
  return (await listHolders(db, { keys: withLimits(keys), exceptId })).map(toHolder);
}

/** The keys, each with the number of contacts that are looked at. */
export function withLimits(keys: readonly MatchKey[]): (MatchKey & { maxHolders: number })[] {
  return keys.map((key) => ({ ...key, maxHolders: isConnecting(key) ? maxHolders.connecting : maxHolders.leading }));
}

/** A contact as it is compared with others. */
export function toHolder({ id, fields, shadows, keys, rejected, records }: HolderRow): Holder {
  return {
    ...{ contactId: id, profile: toOneProfile([fields, ...shadows]), keys, rejected, records },
    unproven: keys.filter(({ isProven }) => !isProven).map(({ value }) => value),
  };
}

/** A contact's own values, and those that its providers hold. */
type Records = readonly (IdentifyingValues | null)[];

export function toContactKeys(records: Records): MatchKey[] {
  return toMatchKeys(toOneProfile(records));
}

function toOneProfile(records: Records): Profile {
  return toProfile([...byIdentity(records).values()]);
}

/** Whether two states of a contact have the same identifying values, and so the same keys. */
export function haveSameIdentities(before: Records, after: Records): boolean {
  const [one, other] = [byIdentity(before), byIdentity(after)];
  return one.size === other.size && [...one.keys()].every((identity) => other.has(identity));
}

/** The records that differ from each other: most providers hold the same values. */
function byIdentity(records: Records): Map<string, IdentifyingValues> {
  return new Map(records.flatMap((record) => (record === null ? [] : [[toIdentity(record), record]])));
}

/** Computes the keys of a contact anew from its stored records, after its links have moved. */
export async function refreshMatchKeys(tx: Database, contactId: string): Promise<void> {
  const contact = await findRecords(tx, contactId);
  if (contact) await saveMatchKeys(tx, contactId, toContactKeys([contact.fields, ...contact.shadows]));
}

const batchSize = 500;

/**
 * Computes the keys of contacts that were stored before they had any, batch by batch. A run that is cut off goes on at the next one,
 * and several processes may do it at once.
 */
export async function fillMatchKeys(db: Database): Promise<void> {
  for (let count = batchSize; count === batchSize; ) count = await db.transaction().execute(fillBatch);
}

async function fillBatch(tx: Database): Promise<number> {
  const contacts = await lockUnkeyed(tx, { limit: batchSize });
  await insertMatchKeys(
    tx,
    contacts.map(({ id, fields, shadows }) => ({ id, keys: toContactKeys([fields, ...shadows]) })),
  );
  return contacts.length;
}
