import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import { openUnit } from '#contacts/open-unit.ts';
import { type Evidence, insertEvidence } from '#db/consent/evidence.ts';
import { deleteSuppressions, insertSuppressions, type Suppression } from '#db/consent/suppressions.ts';
import { lockContacts } from '#db/contacts/contacts.ts';
import type { DirtyLink } from '#db/contacts/dirty-links.ts';
import { lockKeys } from '#db/contacts/matching/identity-keys.ts';
import { listHolders, markHoldersDirty } from '#db/contacts/refused-keys.ts';
import type { Database } from '#db/database.ts';
import { isFindable, type RefusalKey } from '#domain/refusal.ts';

export interface SuppressRequest {
  keys: readonly RefusalKey[];
  source: 'operator' | 'import';
  /** `api-key:<name>`. */
  actor: string;
  reason: string | null;
  /** The words of the person, where known. */
  wording?: string | null;
  /** Such as the name of the file and the line. */
  details?: Record<string, string>;
}

export interface Suppressed {
  added: Suppression[];
  /** The records of contacts with these keys, which are planned anew: nothing is lost if this process dies. */
  dirty: DirtyLink[];
}

/**
 * Puts keys on the suppression list, with the evidence, and marks the records of their contacts as dirty in the same transaction. Keys that
 * no contact has hold for a later contact. Keys that are on the list already change nothing.
 */
export async function suppress(
  { tx, deps }: ContactTransaction,
  { keys, source, actor, reason, wording = null, details = {} }: SuppressRequest,
): Promise<Suppressed> {
  // As a first read does: a contact that is being made now is either found here, or finds the list.
  await lockKeys(tx, distinct(keys));
  const at = deps.now();
  const added = await insertSuppressions(
    tx,
    keys.map(({ channel, kind, value }) => ({ channel, kind, value, source, actor, reason, at })),
  );
  if (added.length === 0) return { added, dirty: [] };
  const shared = { at, source, actor, reason, wording, details, decision: 'denied' } as const;
  await insertEvidence(tx, added.map(toEvidence(shared))).execute();
  return { added, dirty: await markHolders(tx, added) };
}

/** Takes entries off the list for a reason, and marks the records of their contacts as dirty. */
export async function liftSuppressions(
  { tx, deps }: ContactTransaction,
  { ids, actor, reason }: { ids: readonly string[]; actor: string; reason: string },
): Promise<{ lifted: Suppression[]; dirty: DirtyLink[] }> {
  const lifted = await deleteSuppressions(tx, ids);
  if (lifted.length === 0) return { lifted, dirty: [] };
  const shared = { at: deps.now(), source: 'operator', actor, reason, wording: null, details: {}, decision: 'lifted' } as const;
  await insertEvidence(tx, lifted.map(toEvidence(shared))).execute();
  return { lifted, dirty: await markHolders(tx, lifted) };
}

/** How many contacts of one key are saved at once. The others follow when their records are read. */
const maxHolders = 25;

/**
 * Contacts are locked before their records, as a sync locks them: it would wait for the record while `refreshHolders` waits for its
 * contact.
 */
async function markHolders(tx: Database, keys: readonly RefusalKey[]): Promise<DirtyLink[]> {
  await lockContacts(tx, await listHolders(tx, keys, { isFindable, limit: maxHolders }));
  return markHoldersDirty(tx, keys, { isFindable });
}

/**
 * Saves the contacts that have one of the keys with the present state of the list: history and subscribers need not wait for a read. Returns
 * their ids.
 */
export async function refreshHolders(transaction: ContactTransaction, keys: readonly RefusalKey[]): Promise<string[]> {
  const contactIds = await listHolders(transaction.tx, keys, { isFindable, limit: maxHolders });
  for (const contactId of contactIds) {
    const unit = await openUnit(transaction, { contactId, cause: null });
    await unit.save();
  }
  return contactIds;
}

type Shared = Pick<Evidence, 'at' | 'source' | 'actor' | 'reason' | 'wording' | 'details' | 'decision'>;

const toEvidence =
  (shared: Shared) =>
  ({ channel, kind, value }: Suppression): Evidence => ({
    ...{ ...shared, channel, contactId: null, linkId: null },
    key: { kind, value },
  });

function distinct(keys: readonly RefusalKey[]): Pick<RefusalKey, 'kind' | 'value'>[] {
  return [...new Map(keys.map(({ kind, value }) => [`${kind}/${value}`, { kind, value }])).values()];
}
