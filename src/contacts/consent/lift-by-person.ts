import type { ContactUnit } from '#contacts/contact-unit.ts';
import { insertEvidence } from '#db/consent/evidence.ts';
import { deleteSuppressions, listByKeys } from '#db/consent/suppressions.ts';
import { listHolders } from '#db/contacts/refused-keys.ts';
import type { ContactFields } from '#domain/contact.ts';
import { isFindable, type RefusalChannel, toRefusalKeys } from '#domain/refusal.ts';

interface Permission {
  channels: readonly RefusalChannel[];
  /** The contact before the form: a number that somebody types does not prove that it is theirs. */
  before: Pick<ContactFields, 'emails' | 'phones'>;
  actor: string;
  linkId: string;
  wording: string | null;
  details: Record<string, string>;
}

/**
 * Takes the numbers and mailboxes of a contact off the suppression list, for the channels that the person allowed with proof. Only those
 * that the contact had before and no other contact has: one person's permission is not another's.
 */
export async function liftByPerson(unit: ContactUnit, { channels, before, ...proof }: Permission): Promise<void> {
  const { tx, contact, deps } = unit;
  const keys = toRefusalKeys(before).filter(({ channel }) => channels.includes(channel));
  const lifted: string[] = [];
  const entries = await listByKeys(tx, keys);
  for (const entry of entries) {
    const holders = await listHolders(tx, [entry], { isFindable, limit: 2 });
    if (holders.every((id) => id === contact.id)) lifted.push(entry.id);
  }
  const rows = await deleteSuppressions(tx, lifted);
  if (rows.length === 0) return;
  const shared = { ...proof, at: deps.now(), contactId: null, decision: 'lifted', source: 'form', reason: null } as const;
  await insertEvidence(
    tx,
    rows.map(({ kind, value, channel }) => ({ ...shared, channel, key: { kind, value } })),
  ).execute();
  await unit.loadLimits();
}
