import { callJson } from '#dev/call-json.ts';
import type { SampleEdit } from '#sandbox/core/define-sandbox.ts';
import type { Person, PersonEdit } from '#sandbox/core/people.ts';
import type { Arrival, Edit } from './follow-edit.ts';
import { leads, plainPeople, spareFamilyName, sparePhone, visitor } from './people.ts';
import { pickNth } from './pick-nth.ts';
import { getPerson, type Place } from './places.ts';
import { fullName } from './sample-contacts.ts';

/** The rule of accord.yaml that the demonstration shows: contacts with this tag belong in this bucket of the dialer. */
const coldLeads = { tag: 'cold lead', list: 'Cold Leads' };

export interface Stage {
  api: string;
  places: readonly Place[];
  /** The number of sample contacts. */
  contacts: number;
  /** Counts the demonstrations: each one edits other people. */
  nth: number;
  signal: AbortSignal;
}

/** One edit in each place that has a sample edit, and one through the web form. Each function looks up the person that it edits. */
export function planEdits(stage: Stage): (() => Promise<Edit>)[] {
  const edited = stage.places.flatMap((place) => (place.sampleEdit ? [{ place, sample: place.sampleEdit }] : []));
  const ofPlainPeople = edited.filter(({ sample }) => sample.of === 'plain');
  const plain = plainPeople(stage.contacts);
  // People that are far apart in the list: nobody is edited twice in one demonstration.
  const apart = Math.floor(plain.length / ofPlainPeople.length);
  const inPlaces = edited.map((edit) => {
    const isPlain = edit.sample.of === 'plain';
    const nth = isPlain ? stage.nth + ofPlainPeople.indexOf(edit) * apart : stage.nth;
    const person = pickNth(isPlain ? plain : leads(stage.contacts), nth);
    return () => editInPlace(stage, { ...edit, person });
  });
  return [...inPlaces, async () => submitForm(stage)];
}

interface Planned {
  place: Place;
  sample: SampleEdit;
  person: { givenName: string; familyName: string; email: string };
}

async function editInPlace({ places, nth }: Stage, { place, sample, person }: Planned): Promise<Edit> {
  const { id } = await getPerson(place, person.email);
  const { givenName, email } = person;
  const fresh = { givenName, familyName: spareFamilyName(person.familyName, nth), phone: sparePhone(nth) };
  const change = sample.change(fresh);
  return {
    at: place.title,
    what: `${fullName(person)} ${sample.describe(fresh)}`,
    make: () => place.save([{ id, ...change }]),
    arrivals: await arrivalsOf(change, { places, origin: place, email }),
    ...(place.isPolled && { polled: place.id }),
  };
}

interface Looked {
  places: readonly Place[];
  origin: Place;
  email: string;
}

/** The places where the change must show: members that have the field, and the lists of the audience targets. */
async function arrivalsOf(change: PersonEdit, { places, origin, email }: Looked): Promise<Arrival[]> {
  const expected = expectedOf(change);
  const members = places.filter(({ isMember, id }) => isMember && id !== origin.id);
  const concerned = await filterAsync(members, async ({ find }) => {
    const [person] = await find(email);
    return Object.keys(expected).every((key) => key in (person ?? {}));
  });
  const inMembers = Object.keys(expected).length === 0 ? [] : concerned.map((place) => arrivalAt(place, email, expected));
  const targets = places.filter(({ isMember }) => !isMember);
  if (change.addTags?.includes(coldLeads.tag)) return [...inMembers, ...targets.map((place) => inList(place, email))];
  if (change.doNotCall) return [...inMembers, ...targets.map((place) => outOfLists(place, email))];
  return inMembers;
}

/** The part of a person that a change determines, as another vendor shows it. Tags reach no other vendor by themselves. */
function expectedOf({ givenName, familyName, phone, doNotCall }: PersonEdit): Partial<Person> {
  return {
    ...(givenName && { givenName }),
    ...(familyName && { familyName }),
    ...(phone && { phones: [phone] }),
    ...(doNotCall && { doNotCall }),
  };
}

function submitForm({ api, places, nth, signal }: Stage): Edit {
  const { email, phone, givenName, familyName } = visitor(nth);
  const body = { name: `${givenName} ${familyName}`, email, phone, message: 'Please call me about a quote.' };
  const expected = { givenName, familyName, phones: [phone] };
  return {
    at: 'Web form',
    what: `${body.name} sent the form`,
    make: () => callJson(`${api}/webforms/contact`, { method: 'POST', headers: { origin: api }, body, signal }),
    arrivals: places.filter(({ isMember }) => isMember).map((place) => arrivalAt(place, email, expected)),
  };
}

function arrivalAt({ title, find }: Place, email: string, expected: Partial<Person>): Arrival {
  return { where: title, hasArrived: async () => (await find(email)).some((person) => matches(person, expected)) };
}

function inList({ title, find }: Place, email: string): Arrival {
  const { list } = coldLeads;
  return {
    where: `${possessive(title)} bucket “${list}”`,
    hasArrived: async () => (await find(email)).some(({ lists = [] }) => lists.includes(list)),
  };
}

function outOfLists({ find }: Place, email: string): Arrival {
  return { where: 'out of the bucket', hasArrived: async () => (await find(email)).some(({ lists }) => lists?.length === 0) };
}

function matches({ givenName, familyName, phones, doNotCall }: Person, expected: Partial<Person>): boolean {
  return (
    (expected.givenName === undefined || expected.givenName === givenName) &&
    (expected.familyName === undefined || expected.familyName === familyName) &&
    (expected.doNotCall === undefined || expected.doNotCall === doNotCall) &&
    (expected.phones ?? []).every((phone) => phones.includes(phone))
  );
}

function possessive(name: string): string {
  return name.endsWith('s') ? `${name}’` : `${name}’s`;
}

async function filterAsync<T>(items: readonly T[], isWanted: (item: T) => Promise<boolean>): Promise<T[]> {
  const wanted = await Promise.all(items.map(isWanted));
  return items.filter((_, index) => wanted[index]);
}
