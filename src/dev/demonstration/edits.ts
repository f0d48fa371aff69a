import { callJson } from '#dev/call-json.ts';
import type { SandboxAccounts } from '#dev/stack/sandboxes.ts';
import type { Arrival, Edit } from './follow-edit.ts';
import { anotherPhone, e164Of, nameOf, peopleToCall, pickNth, plainPeople, visitor } from './people.ts';
import type { SandboxPages } from './sandbox-pages.ts';

export interface Stage {
  api: string;
  accounts: SandboxAccounts;
  pages: SandboxPages;
  /** Which demonstration this is: each takes other people. */
  nth: number;
  signal: AbortSignal;
}

/** One edit in each place where people make them. */
export const edits: readonly ((stage: Stage) => Promise<Edit>)[] = [
  tagInGoHighLevel,
  phoneInSquare,
  nameInGoogle,
  dispositionInCallTools,
  form,
];

async function tagInGoHighLevel({ accounts: { gohighlevel }, pages, nth, signal }: Stage): Promise<Edit> {
  const person = pickNth(plainPeople, nth);
  const { id } = await pages.get('gohighlevel', person.email);
  const headers = { authorization: `Bearer ${gohighlevel.token}`, version: '2021-07-28' };
  const call = { method: 'POST', headers, body: { tags: ['cold lead'] }, signal } as const;
  return {
    at: 'GoHighLevel',
    what: `${nameOf(person)} tagged “cold lead”`,
    make: () => callJson(`${gohighlevel.url}/contacts/${id}/tags`, call),
    arrivals: [
      {
        where: 'CallTools’ bucket “Cold Leads”',
        hasCome: async () => (await pages.findInDialer(e164Of(person.phone)))?.buckets.includes('Cold Leads') ?? false,
      },
    ],
  };
}

async function phoneInSquare({ pages, nth }: Stage): Promise<Edit> {
  const person = pickNth(plainPeople, nth + 1 * apart);
  const { id } = await pages.get('square', person.email);
  const phone = anotherPhone(nth);
  return {
    at: 'Square',
    what: `${nameOf(person)} has another phone number`,
    make: () => pages.change('square', { customers: [{ id, phone_number: phone }] }),
    arrivals: [inGoHighLevel(pages, person.email, { phone }), inGoogle(pages, person.email, { phone })],
  };
}

async function nameInGoogle({ pages, nth }: Stage): Promise<Edit> {
  const person = pickNth(plainPeople, nth + 2 * apart);
  const { resourceName } = await pages.get('google', person.email);
  const { firstName } = person;
  const lastName = `${person.lastName}-${pickNth(['Hill', 'Moss', 'Reed'], nth)}`;
  return {
    at: 'Google',
    what: `${nameOf(person)} is now ${firstName} ${lastName}`,
    make: () => pages.change('google', { people: [{ resourceName, names: [{ givenName: firstName, familyName: lastName }] }] }),
    arrivals: [inGoHighLevel(pages, person.email, { lastName }), inSquare(pages, person.email, { lastName })],
    polled: 'google',
  };
}

async function dispositionInCallTools({ pages, nth }: Stage): Promise<Edit> {
  const person = pickNth(peopleToCall, nth);
  const phone = e164Of(person.phone);
  const found = await pages.findInDialer(phone);
  if (!found) throw new Error(`The sandbox of CallTools has no ${phone}: start over with --fresh`);
  const disposition = 'Never again';
  const change = {
    dispositions: [{ name: disposition, set_contact_dnc: true }],
    update: [{ id: found.contact.id, disposition }],
  };
  return {
    at: 'CallTools',
    what: `${nameOf(person)} wants no more calls`,
    make: () => pages.change('calltools', change),
    arrivals: [
      {
        where: 'GoHighLevel',
        async hasCome() {
          const [contact] = await pages.find('gohighlevel', person.email);
          return contact?.dnd === true || contact?.dndSettings?.Call?.status === 'active';
        },
      },
      { where: 'out of the bucket', hasCome: async () => (await pages.findInDialer(phone))?.buckets.length === 0 },
    ],
    polled: 'calltools',
  };
}

async function form({ api, pages, nth, signal }: Stage): Promise<Edit> {
  const person = visitor(nth);
  const { email, phone, firstName, lastName } = person;
  const body = { name: nameOf(person), email, phone, message: 'Please call me about a quote.' };
  return {
    at: 'Web form',
    what: `${nameOf(person)} wrote`,
    make: () => callJson(`${api}/webforms/contact`, { method: 'POST', headers: { origin: api }, body, signal }),
    arrivals: [inGoHighLevel, inSquare, inGoogle].map((arrival) => arrival(pages, email, { phone, firstName, lastName })),
  };
}

/** Far enough from each other that nobody has two parts in one demonstration. */
const apart = Math.floor(plainPeople.length / 3);

interface Seen {
  firstName?: string;
  lastName?: string;
  phone?: string;
}

function inGoHighLevel(pages: SandboxPages, email: string, wanted: Seen): Arrival {
  return {
    where: 'GoHighLevel',
    async hasCome() {
      const [contact] = await pages.find('gohighlevel', email);
      return contact !== undefined && shows(contact, wanted);
    },
  };
}

function inSquare(pages: SandboxPages, email: string, wanted: Seen): Arrival {
  return {
    where: 'Square',
    async hasCome() {
      const [customer] = await pages.find('square', email);
      const { given_name: firstName, family_name: lastName, phone_number: phone } = customer ?? {};
      return shows({ firstName, lastName, phone }, wanted);
    },
  };
}

function inGoogle(pages: SandboxPages, email: string, wanted: Seen): Arrival {
  return {
    where: 'Google',
    async hasCome() {
      const [person] = await pages.find('google', email);
      const { givenName: firstName, familyName: lastName } = person?.names?.[0] ?? {};
      const phone = person?.phoneNumbers?.find(({ canonicalForm }) => canonicalForm === wanted.phone)?.canonicalForm;
      return shows({ firstName, lastName, phone }, wanted);
    },
  };
}

function shows(seen: { [Key in keyof Seen]: Seen[Key] | undefined }, wanted: Seen): boolean {
  return Object.entries(wanted).every(([key, value]) => seen[key as keyof Seen] === value);
}
