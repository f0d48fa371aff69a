import { pickNth } from './pick-nth.ts';
import { fullName, type SampleContact, sampleContacts } from './sample-contacts.ts';
import { sampleLookalikes } from './sample-lookalikes.ts';

/** A sample contact with an email address and a phone number that can be called. */
export interface Reachable extends SampleContact {
  email: string;
  phone: string;
}

/** Nobody edits the people of the lookalikes: a person in question is not copied everywhere. */
const resembled = new Set(sampleLookalikes().flatMap((list) => list.map(({ of }) => of)));

const plainTags = new Set(['newsletter', 'webinar 2026', 'referral']);

/** Those of the first `count` sample contacts that are in no audience and that no rule excludes from one. */
export function plainPeople(count: number): Reachable[] {
  return reachable(count, ({ tags }) => tags.every((tag) => plainTags.has(tag)));
}

/** Those of the first `count` sample contacts that are in the dialer's bucket of cold leads. */
export function leads(count: number): Reachable[] {
  return reachable(count, ({ tags }) => tags.includes('cold lead') && !tags.includes('customer'));
}

const areas = [202, 415, 619, 718, 214] as const;

/** A number reserved for fiction that no sample contact has, in E.164. */
export function sparePhone(nth: number): string {
  return `+1${pickNth(areas, Math.floor(nth / 100))}55501${String(nth % 100).padStart(2, '0')}`;
}

/** A family name that differs from the one given, as after a marriage. */
export function spareFamilyName(familyName: string, nth: number): string {
  return `${familyName}-${pickNth(['Hill', 'Moss', 'Reed'], nth)}`;
}

const givenNames = 'Nina Theo Ada Milo Iris Hugo Vera Otto Lena Paul'.split(' ');
const familyNames = 'Hart Lang Berg Stone Wood Frost Lake North Sharp West'.split(' ');

export interface Visitor {
  givenName: string;
  familyName: string;
  email: string;
  /** E.164 */
  phone: string;
}

/** A new person, unknown to every sandbox, for the web form. */
export function visitor(nth: number): Visitor {
  const givenName = pickNth(givenNames, nth);
  const familyName = pickNth(familyNames, Math.floor(nth / givenNames.length));
  return {
    ...{ givenName, familyName },
    email: `${givenName}.${familyName}@example.com`.toLowerCase(),
    phone: `+191755501${String(nth % 100).padStart(2, '0')}`,
  };
}

function reachable(count: number, isWanted: (contact: SampleContact) => boolean): Reachable[] {
  return sampleContacts(count)
    .filter((contact) => isWanted(contact) && !contact.doNotCall && !resembled.has(fullName(contact)))
    .filter(hasAddress);
}

/** `000` is a placeholder that some of the sample contacts have. */
function hasAddress(contact: SampleContact): contact is Reachable {
  return typeof contact.email === 'string' && typeof contact.phone === 'string' && contact.phone !== '000';
}
