/** A contact as one writes it into GoHighLevel: the fields of its `POST /contacts/`. */
export interface SampleContact {
  firstName: string;
  lastName: string;
  email?: string;
  phone?: string;
  companyName?: string;
  city: string;
  state: string;
  country: 'US';
  source: string;
  tags: string[];
  dnd: boolean;
}

/** 500 people as a small business has them: the same ones every time, none of them real, 120 of them cold leads to be called. */
export function sampleContacts(count = 500): SampleContact[] {
  return Array.from({ length: count }, (_, index) => sampleContact(index));
}

interface Kind {
  tags: string[];
  dnd?: true;
  /** Instead of a number that works; null for none. */
  phone?: string | null;
}

/** Dealt out in turn. The first six are eligible; the rest show, one reason each, who is left out and who goes elsewhere. */
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
  { tags: ['cold lead'], dnd: true },
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
  { tags: [], dnd: true },
  { tags: [] },
];

const firstNames = (
  'Maria James Aisha Daniel Linh Sofia Marcus Priya Ethan Grace Omar Chloe Diego Hannah Kwame Olivia Rafael Naomi Peter Yara ' +
  'Lucas Emily Tariq Nora Andre Julia Wei Carla Samuel Ingrid Mateo Leah Victor Amara Simon Rosa Kevin Fatima Owen Elena ' +
  'Jonas Mina Caleb Teresa Ravi Alice Bruno Dana Felix Zoe'
).split(' ');

const lastNames = (
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
  const { tags, dnd = false, phone = phoneNumber(index) } = pick(kinds, index);
  const { city, state } = pick(places, index);
  const firstName = pick(firstNames, index);
  // The second list moves on by another step at each round of the first: no two people share a whole name.
  const lastName = pick(lastNames, index + 4 * Math.floor(index / firstNames.length));
  return {
    ...{ firstName, lastName, city, state, country: 'US', tags: [...tags], dnd },
    source: pick(sources, Math.floor(index / 3)),
    ...(index % 9 === 4 ? {} : { email: `${emailName(firstName)}.${emailName(lastName)}@example.com` }),
    ...(phone === null ? {} : { phone }),
    ...(index % 6 === 1 ? { companyName: pick(companies, index) } : {}),
  };
}

/** 555-0100 to 555-0199 is set aside for fiction: a hundred numbers in each area, written in the ways that people write them. */
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

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}
