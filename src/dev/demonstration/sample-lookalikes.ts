import type { PersonEdit } from '#sandbox/core/people.ts';
import type { Place } from './places.ts';
import { fullName, type SampleContact, sampleContacts } from './sample-contacts.ts';

/** The expected decision about a record: see docs/matching.md. */
export type Outcome = 'recognised' | 'somebody else' | 'asked';

/** A record of a sample contact that a second vendor has before the first sync, or of somebody who resembles the contact. */
export interface SampleLookalike {
  /** The sample contact's full name. */
  of: string;
  record: PersonEdit;
  outcome: Outcome;
}

interface Row {
  of: string;
  /** How the record differs from the contact. Null empties a field. */
  but: Pick<PersonEdit, 'givenName' | 'familyName' | 'email' | 'phone'>;
  /** How the contact differs from the generated one. */
  contact?: { familyName?: string; phone?: string; company?: string };
}

/**
 * The generated contacts have numbers that are reserved for fiction, and that identify nobody. These ones do, and reach nobody either:
 * the North American plan gives no lines of the exchange 555 to subscribers.
 */
function phone(line: number): string {
  return `+1512555${line}`;
}

const office = { company: 'Lakeside Auto', phone: phone(2100) };

const rows: Readonly<Record<Outcome, readonly Row[]>> = {
  recognised: [
    // Entered twice, alike.
    { of: 'Andre Bennett', but: {} },
    { of: 'Fatima Quinn', but: {} },
    { of: 'Kevin Park', but: { phone: null } },
    { of: 'Chloe Cohen', but: { givenName: 'CHLOE', familyName: 'COHEN' } },
    { of: 'Bruno Johnson', but: { givenName: 'Bruno Johnson', familyName: null } },
    // A typo.
    { of: 'Emily Haddad', but: { familyName: 'Hadad' } },
    { of: 'Felix Schmidt', but: { familyName: 'Schmitd' } },
    { of: 'Owen Sanders', but: { givenName: 'Owne' } },
    { of: 'Simon Larsen', but: { familyName: 'Larson', email: null }, contact: { phone: phone(2001) } },
    // A nickname.
    { of: 'Samuel Fischer', but: { givenName: 'Sam' } },
    { of: 'James Adams', but: { givenName: 'Jim' } },
    { of: 'Teresa Reyes', but: { givenName: 'Terri' } },
    { of: 'Daniel Reyes', but: { givenName: 'Dan', email: null }, contact: { phone: phone(2002) } },
    // A second email address.
    { of: 'Rafael Ali', but: { email: 'rafael@alitiles.example' }, contact: { phone: phone(2003) } },
    { of: 'Alice Kim', but: { email: 'akim87@example.net' }, contact: { phone: phone(2004) } },
    { of: 'Diego Walsh', but: { email: 'dw@example.org' }, contact: { phone: phone(2005) } },
    // Colleagues with the number of their office.
    { of: 'Peter Johnson', but: { email: null }, contact: office },
    { of: 'Nora Cohen', but: { email: null }, contact: office },
    { of: 'Lucas Larsen', but: { email: null }, contact: office },
  ],
  'somebody else': [
    // The household, with one phone.
    { of: 'Maria Silva', but: { givenName: 'Carlos', email: 'carlos.silva@example.com' }, contact: { phone: phone(2006) } },
    { of: 'Omar Sanders', but: { givenName: 'Laila', email: 'laila.sanders@example.com' }, contact: { phone: phone(2007) } },
    { of: 'Hannah Moreno', but: { givenName: 'Tim', email: null }, contact: { phone: phone(2008) } },
    // Father and son.
    {
      of: 'Marcus Price',
      but: { familyName: 'Price Jr.', email: 'mjprice@example.net' },
      contact: { familyName: 'Price Sr.', phone: phone(2009) },
    },
    // Other colleagues of the office.
    { of: 'Peter Johnson', but: { givenName: 'Gloria', familyName: 'Banks', email: 'gloria.banks@example.com' } },
    { of: 'Peter Johnson', but: { givenName: 'Hassan', familyName: 'Tate', email: null } },
  ],
  asked: [
    // The son, or the contact itself.
    { of: 'James Hansen', but: { familyName: 'Hansen Jr.', email: null }, contact: { phone: phone(2010) } },
    // An incomplete name and a phone that a household may share.
    { of: 'Carla Moreno', but: { givenName: 'C.', email: null }, contact: { phone: phone(2011) } },
    { of: 'Rosa Morgan', but: { familyName: null, email: null }, contact: { phone: phone(2012) } },
    { of: 'Kwame Fischer', but: { givenName: null, email: null }, contact: { phone: phone(2013) } },
  ],
};

/** The sample contacts by full name, with the values by which some are recognised in their lookalikes. */
const contacts: ReadonlyMap<string, SampleContact> = new Map(
  sampleContacts().map((contact) => {
    const { contact: change } =
      Object.values(rows)
        .flat()
        .find((row) => row.of === fullName(contact) && row.contact) ?? {};
    return [fullName(contact), { ...contact, ...change }];
  }),
);

const lookalikes: readonly SampleLookalike[] = (['recognised', 'somebody else', 'asked'] as const).flatMap((outcome) =>
  rows[outcome].map(({ of, but }) => ({ of, outcome, record: { ...identityOf(of), ...but } })),
);

function identityOf(of: string): PersonEdit {
  const contact = contacts.get(of);
  if (!contact) throw new Error(`No sample contact is called ${of}.`);
  const { givenName, familyName, email, phone } = contact;
  return { givenName, familyName, email, phone };
}

/** The lookalikes, dealt out to a number of vendors: one list for each. */
export function sampleLookalikes(vendors = 1): SampleLookalike[][] {
  return Array.from({ length: vendors }, (_, nth) => lookalikes.filter((_, index) => index % vendors === nth));
}

/** The first `count` sample contacts, and those that lookalikes resemble. */
export function chooseContacts(count: number): SampleContact[] {
  const resembled = new Set(lookalikes.map(({ of }) => of));
  return [...contacts].filter(([name], index) => index < count || resembled.has(name)).map(([, contact]) => contact);
}

/** The records that each place has before the first sync, in the order of `places`. */
export function samplesOf<Of extends Pick<Place, 'samples'>>(
  places: readonly Of[],
  count: number,
): { place: Of; records: PersonEdit[] }[] {
  const holders = places.filter(({ samples }) => samples === 'lookalikes');
  const dealt = sampleLookalikes(holders.length);
  return places
    .filter(({ samples }) => samples !== undefined)
    .map((place) => ({
      place,
      records:
        place.samples === 'contacts' ? chooseContacts(count) : (dealt[holders.indexOf(place)] ?? []).map(({ record }) => record),
    }));
}
