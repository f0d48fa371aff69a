import ipaddr from 'ipaddr.js';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import { insertConfirmation, listProvenMailboxes } from '#db/sync/confirmations.ts';
import { toIdentityKeys } from '#domain/matching/identity-keys.ts';
import { withoutOwn } from '#domain/matching/own-addresses.ts';
import { emailMatchKey } from '#domain/normalize/email.ts';
import type { ConfirmationRules, ProviderRecord } from '#providers/provider.ts';

/**
 * Requests the email with the link that proves a submission. It goes to an address that the submission names and the contact has:
 * a person who typed somebody else's phone number must not confirm by an address of their own.
 */
export async function requestConfirmation(
  unit: ContactUnit,
  { externalId, values }: Pick<ProviderRecord, 'externalId' | 'values'>,
  { sender, ...rules }: ConfirmationRules,
): Promise<void> {
  const proven = await listProvenMailboxes(unit.tx, unit.contact.id);
  const keys = toIdentityKeys({ emails: values.emails ?? [] });
  // Everybody at the business reads its mailboxes.
  const named = withoutOwn(keys, unit.deps.ownAddresses).map(({ value }) => value);
  // In the contact's spelling: Accord knows that one.
  const recipients = unit.contact.fields.emails.flatMap(({ address }) => {
    const mailbox = emailMatchKey(address);
    return mailbox !== null && named.includes(mailbox) && proven.includes(mailbox) ? [{ address, mailbox }] : [];
  });
  await insertConfirmation(unit.tx, {
    ...{ submissionId: externalId, recipient: recipients[0] ?? null, sender: toNetwork(sender), rules },
    at: unit.deps.now(),
  });
}

/** One customer of a provider has a whole /64 of IPv6. */
function toNetwork(ip: string | null): string {
  if (ip === null || !ipaddr.isValid(ip)) return 'unknown';
  const address = ipaddr.process(ip);
  return address.kind() === 'ipv6' ? `${address.toNormalizedString().split(':').slice(0, 4).join(':')}::/64` : address.toString();
}
