import { expect } from '@jest/globals';
import { type Accord, changeInGhl, dialerContacts } from './accord.ts';
import { eventually } from './eventually.ts';
import { nextPhone } from './new-people.ts';

export { nextFamilyName, nextPhone } from './new-people.ts';

/** Creates a contact in GoHighLevel that belongs in the dialer's bucket. */
export async function createLead(accord: Accord, contact: object = {}): Promise<{ id: string; phone: string }> {
  const phone = nextPhone();
  const id = await changeInGhl(accord.sandboxes, {
    firstName: 'Ada',
    lastName: 'Lovelace',
    phone,
    tags: ['cold lead'],
    ...contact,
  });
  return { id, phone };
}

/** The dialer's contacts with this phone number. */
export async function inDialer(accord: Accord, phone: string) {
  return (await dialerContacts(accord.sandboxes)).filter(({ mobile_phone_number }) => mobile_phone_number === phone);
}

/** Waits until Accord has read the GoHighLevel record after its last event, and the contact has this sync status. */
export function untilStatus(accord: Accord, ghlId: string, status: string, timeoutMs?: number): Promise<void> {
  return eventually(async () => {
    const contact = await accord.db
      .selectFrom('contact')
      .innerJoin('link', 'link.contact_id', 'contact.id')
      .select(['contact.sync_status', 'link.changed_at'])
      .where('link.external_id', '=', ghlId)
      .executeTakeFirstOrThrow();
    expect(contact).toEqual({ sync_status: status, changed_at: null });
  }, timeoutMs);
}
