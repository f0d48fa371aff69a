import { type SampleContact, sampleContacts } from './sample-contacts.ts';

/** Somebody who can be found by their email address and called. */
export interface Reachable extends SampleContact {
  email: string;
  phone: string;
}

const plainTags = new Set(['newsletter', 'webinar 2026', 'referral']);

/** Whom no rule keeps out and who is in no audience. */
export const plainPeople = reachable(({ tags }) => tags.every((tag) => plainTags.has(tag)));

/** Who is in the dialer to be called for the first time. */
export const peopleToCall = reachable(({ tags }) => tags.includes('cold lead') && !tags.includes('customer'));

/** Somebody else at each demonstration, until everybody had a turn. */
export function pickNth<T>(list: readonly T[], nth: number): T {
  return list[nth % list.length] as T;
}

export function nameOf({ firstName, lastName }: { firstName: string; lastName: string }): string {
  return `${firstName} ${lastName}`;
}

export function e164Of(phone: string): string {
  return `+1${phone.replace(/\D/g, '').slice(-10)}`;
}

const areas = [202, 415, 619, 718, 214] as const;

/** A number that no sample contact has; of those set aside for fiction. */
export function anotherPhone(nth: number): string {
  return `+1${pickNth(areas, Math.floor(nth / 100))}55501${String(nth % 100).padStart(2, '0')}`;
}

const firstNames = 'Nina Theo Ada Milo Iris Hugo Vera Otto Lena Paul'.split(' ');
const lastNames = 'Hart Lang Berg Stone Wood Frost Lake North Sharp West'.split(' ');

export interface Visitor {
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
}

/** Somebody new, who writes by the form. */
export function visitor(nth: number): Visitor {
  const firstName = pickNth(firstNames, nth);
  const lastName = pickNth(lastNames, Math.floor(nth / firstNames.length));
  return {
    ...{ firstName, lastName },
    email: `${firstName}.${lastName}@example.com`.toLowerCase(),
    phone: `+191755501${String(nth % 100).padStart(2, '0')}`,
  };
}

function reachable(isWanted: (contact: SampleContact) => boolean): Reachable[] {
  return sampleContacts().filter(
    (contact): contact is Reachable =>
      !contact.dnd && isWanted(contact) && contact.email !== undefined && contact.phone !== undefined && contact.phone !== '000',
  );
}
