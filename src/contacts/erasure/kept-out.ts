import type { ContactDeps } from '#contacts/contact-deps.ts';
import type { Link } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import { type ErasedKey, findErasuresOfNew, hashKey, insertErasedKeys, listErased } from '#db/erasure/erased-keys.ts';
import type { ProviderValues } from '#domain/contact.ts';
import { toIdentityKeys } from '#domain/matching/identity-keys.ts';
import { withoutOwn } from '#domain/matching/own-addresses.ts';

type Deps = Pick<ContactDeps, 'erasureSecret' | 'ownAddresses'>;

/** The key of a record that the link has, or had. */
export function recordKey({ provider, account_id }: Pick<Link, 'provider' | 'account_id'>, externalId: string): ErasedKey {
  return { kind: 'record', value: `${provider}/${account_id}/${externalId}` };
}

/**
 * The erasures that keep the first record of a contact out: it has the id, an email or a phone number of an erased person. Null for
 * every other record. `values` are null for a record that was not found.
 */
export async function findErasuresOf(
  tx: Database,
  deps: Deps,
  link: Link,
  values: ProviderValues | null,
): Promise<string[] | null> {
  if (link.shadow !== null) return null;
  const secret = await deps.erasureSecret?.find();
  const own = link.external_id === null ? [] : [recordKey(link, link.external_id)];
  const keys = [...own, ...withoutOwn(toIdentityKeys(values ?? {}), deps.ownAddresses)];
  return findErasuresOfNew(tx, link.contact_id, secret ? keys.map((key) => hashKey(secret, key)) : []);
}

/** Keeps a record's id out as well: the next pass then passes it over without a read. */
export async function keepOut(tx: Database, deps: Deps, link: Link, erasureIds: readonly string[]): Promise<void> {
  const secret = await deps.erasureSecret?.find();
  if (!secret || link.external_id === null) return;
  const hash = hashKey(secret, recordKey(link, link.external_id));
  for (const id of erasureIds) await insertErasedKeys(tx, id, [hash]);
}

/** The record ids, among some of an account, that are kept out. */
export async function listKeptOut(
  db: Database,
  deps: Deps,
  account: Pick<Link, 'provider' | 'account_id'>,
  externalIds: readonly string[],
): Promise<Set<string>> {
  const secret = externalIds.length === 0 ? null : await deps.erasureSecret?.find();
  if (!secret) return new Set();
  const hashes = externalIds.map((id) => hashKey(secret, recordKey(account, id)));
  const erased = await listErased(db, hashes);
  return new Set(externalIds.filter((_, at) => erased.has(hashes[at]?.toString('hex') ?? '')));
}

/** Whether each of some people who have no record yet has an email or a phone number of an erased person. */
export async function areErased(db: Database, deps: Deps, people: readonly ProviderValues[]): Promise<boolean[]> {
  const secret = await deps.erasureSecret?.find();
  if (!secret) return people.map(() => false);
  const hashes = people.map((values) => withoutOwn(toIdentityKeys(values), deps.ownAddresses).map((key) => hashKey(secret, key)));
  const erased = await listErased(db, hashes.flat());
  return hashes.map((own) => own.some((hash) => erased.has(hash.toString('hex'))));
}
