import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import type { StoredContact } from '#db/contacts/contacts.ts';
import { listUnprovenKeys } from '#db/contacts/matching/identity-keys.ts';
import { markHoldersDirty, refuseKeys, releaseKeys } from '#db/contacts/refused-keys.ts';
import type { Database } from '#db/database.ts';
import { withoutOwn } from '#domain/matching/own-addresses.ts';
import { isFindable, isSharedMailbox, type RefusalKey, refusalChannels, toRefusalKeys } from '#domain/refusal.ts';

interface Saved {
  before: StoredContact;
  after: StoredContact;
  /** The contact got an email or a phone, or a key of it was proven. */
  hasNewKeys: boolean;
  /** The new keys were named by an unproven submission only. */
  leavesKeysUnproven: boolean;
}

/**
 * Holds refusals by the contact's keys, too, or lifts them with the contact's. Others with these keys are planned anew. A key that
 * only unproven submissions named holds nothing: anybody could refuse for somebody else.
 */
export async function saveRefusals({ tx, deps }: ContactTransaction, saved: Saved): Promise<void> {
  const { id, fields } = saved.after;
  const [now, before] = [fields.doNotContact, saved.before.fields.doNotContact];
  const isNew = ({ channel }: RefusalKey) => now[channel] && (!before[channel] || saved.hasNewKeys);
  const refused = await onlyProven(tx, saved, toRefusalKeys(fields).filter(isNew));
  await refuseKeys(tx, id, refused);
  const ended = refusalChannels.filter((channel) => before[channel] && !now[channel]);
  const lifted = await releaseKeys(tx, id, ended);
  // Own addresses are stored like other keys, and not looked up: a change of the setting takes effect at once.
  const lookedUp = withoutOwn([...refused, ...lifted], deps.ownAddresses);
  await markHoldersDirty(tx, lookedUp, { exceptId: id, isFindable });
}

async function onlyProven(tx: Database, { after, leavesKeysUnproven }: Saved, keys: RefusalKey[]): Promise<RefusalKey[]> {
  if (keys.length === 0) return [];
  const unproven = await listUnprovenKeys(tx, after.id);
  const isUnproven = (key: RefusalKey) => unproven.some(({ kind, value }) => kind === key.kind && value === key.value);
  return keys.filter((key) => !isUnproven(key) && !(leavesKeysUnproven && isSharedMailbox(key)));
}
