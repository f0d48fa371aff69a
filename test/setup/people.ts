import { expect } from '@jest/globals';
import { type Accord, changeInGhl, dialerContacts } from './accord.ts';
import { eventually } from './eventually.ts';

let line = 999;

/** A new phone number for each person, so that no test finds another test's record. */
export function nextPhone(): string {
  line += 1;
  // Directory assistance: a number that identifies nobody.
  if (line === 1212) line += 1;
  return `+1512555${line}`;
}

let families = 0;
const onsets = [...'bdfgklmnprstvz'];
const vowels = [...'aeiou'];

/** A new family name, unlike every other one: `Bakobason`. Two people of one name may be taken for one. */
export function nextFamilyName(): string {
  families += 1;
  const syllable = (step: number) => `${onsets[(families * step) % 14]}${vowels[(families * (step + 1)) % 5]}`;
  const [first = '', ...rest] = `${syllable(1)}${syllable(3)}${syllable(5)}${onsets[Math.floor(families / 14) % 14]}ason`;
  return first.toUpperCase() + rest.join('');
}

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
