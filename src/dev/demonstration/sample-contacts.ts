import type { PersonEdit } from '#sandbox/core/people.ts';
import { pickNth as pick } from './pick-nth.ts';

/** One of the contacts that a demonstration begins with. */
export type SampleContact = PersonEdit & { givenName: string; familyName: string; tags: string[]; doNotCall: boolean };

/** The most sample contacts. */
export const maxSampleContacts = 500;

/** The contacts of a small business: the same ones every time, all of them fictional. Of 500, 120 are cold leads to be called. */
export function sampleContacts(count = maxSampleContacts): SampleContact[] {
  return Array.from({ length: count }, (_, index) => sampleContact(index));
}

/** The given and the family name. No two sample contacts have the same. */
export function fullName({ givenName, familyName }: { givenName: string; familyName: string }): string {
  return `${givenName} ${familyName}`;
}

interface Kind {
  tags: string[];
  doNotCall?: true;
  /** Replaces the phone number; null for no phone. */
  phone?: string | null;
}

/** The contacts take these in turn. The first six are cold leads to be called; each other one shows a reason to be left out. */
const kinds: readonly Kind[] = [
  { tags: ['cold lead'] },
  { tags: ['cold lead', 'newsletter'] },
  { tags: [' Cold Lead '] },
  { tags: ['Cold Lead'] },
  { tags: ['webinar 2026', 'cold lead'] },
  { tags: ['cold lead', 'referral'] },
  { tags: ['cold lead'], phone: null },
  { tags: ['cold lead'], phone: '000' },
  { tags: ['cold lead', 'customer'] },
  { tags: ['cold lead'], doNotCall: true },
  { tags: ['customer'] },
  { tags: ['customer', 'newsletter'] },
  { tags: ['won', 'purchased'] },
  { tags: ['active client'] },
  { tags: ['Active Client', 'newsletter'] },
  { tags: ['active client'], phone: null },
  { tags: ['cold leads 2024'] },
  { tags: ['not a cold lead'] },
  { tags: ['newsletter'] },
  { tags: ['newsletter'], phone: null },
  { tags: ['webinar 2026'] },
  { tags: ['referral'] },
  { tags: [] },
  { tags: [], doNotCall: true },
  { tags: [] },
];

const givenNames = (
  'Maria James Aisha Daniel Linh Sofia Marcus Priya Ethan Grace Omar Chloe Diego Hannah Kwame Olivia Rafael Naomi Peter Yara ' +
  'Lucas Emily Tariq Nora Andre Julia Wei Carla Samuel Ingrid Mateo Leah Victor Amara Simon Rosa Kevin Fatima Owen Elena ' +
  'Jonas Mina Caleb Teresa Ravi Alice Bruno Dana Felix Zoe'
).split(' ');

const familyNames = (
  "Lopez Carter Nguyen O'Brien Patel Kim Johnson García Schmidt Okafor Rossi Cohen Müller Brooks Silva Hansen Ali Reyes Turner " +
  'Novak Price Haddad Foster Ramos Bennett Ito Walsh Moreno Fischer Adams Chavez Dubois Greene Khan Larsen Morgan Park Quinn ' +
  'Sanders Vega'
).split(' ');

const places = [
  { city: 'Austin', state: 'TX', areaCode: 512 },
  { city: 'Denver', state: 'CO', areaCode: 303 },
  { city: 'Seattle', state: 'WA', areaCode: 206 },
  { city: 'Chicago', state: 'IL', areaCode: 312 },
  { city: 'Atlanta', state: 'GA', areaCode: 404 },
  { city: 'Phoenix', state: 'AZ', areaCode: 602 },
  { city: 'Portland', state: 'OR', areaCode: 503 },
  { city: 'Raleigh', state: 'NC', areaCode: 919 },
  { city: 'Miami', state: 'FL', areaCode: 305 },
  { city: 'Boston', state: 'MA', areaCode: 617 },
] as const;

const sources = ['Website form', 'Facebook ad', 'Referral', 'Trade fair', 'Cold list'] as const;

const companies = ['Bluebird Roofing', 'Harbor Dental', 'Sunrise Landscaping', 'Copper Kettle Cafe', 'Lakeside Auto'] as const;

function sampleContact(index: number): SampleContact {
  const { tags, doNotCall = false, phone = phoneNumber(index) } = pick(kinds, index);
  const { city, state } = pick(places, index);
  const givenName = pick(givenNames, index);
  // The family names shift by four at each round of the given names, so that no two people share a full name.
  const familyName = pick(familyNames, index + 4 * Math.floor(index / givenNames.length));
  return {
    ...{ givenName, familyName, city, state, country: 'US', tags: [...tags], doNotCall },
    source: pick(sources, Math.floor(index / 3)),
    ...(index % 9 === 4 ? {} : { email: `${emailName(givenName)}.${emailName(familyName)}@example.com` }),
    ...(phone === null ? {} : { phone }),
    ...(index % 6 === 1 ? { company: pick(companies, index) } : {}),
  };
}

/** 555-0100 to 555-0199 is reserved for fiction: a hundred numbers in each area, in the formats that people use. */
function phoneNumber(index: number): string {
  const { areaCode } = pick(places, index);
  const line = `01${String(Math.floor(index / places.length) % 100).padStart(2, '0')}`;
  const written = [
    `+1${areaCode}555${line}`,
    `(${areaCode}) 555-${line}`,
    `${areaCode}-555-${line}`,
    `1 ${areaCode} 555 ${line}`,
  ];
  return pick(written, Math.floor(index / 7));
}

function emailName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^a-zA-Z]/g, '')
    .toLowerCase();
}
