import type { Person } from '#sandbox/core/people.ts';
import type { listOpenCandidates } from './first-sync.ts';
import type { Place } from './places.ts';

/** The number of people in each place, by title. */
export interface HeadCount {
  members: { title: string; people: number }[];
  audienceTargets: { title: string; people: number }[];
}

/** The contacts that wait for a person's decision: they are not everywhere. */
export interface Undecided {
  contacts: number;
  /** Their records, as in `square:ABC`. */
  records: ReadonlySet<string>;
}

/** The contacts of open candidates. */
export function toUndecided(candidates: Awaited<ReturnType<typeof listOpenCandidates>>): Undecided {
  const sides = candidates.flatMap((candidate) => candidate.sides);
  const records = sides.flatMap((side) => side.records.map(({ provider, externalId }) => `${provider}:${externalId}`));
  return { contacts: new Set(sides.map(({ contactId }) => contactId)).size, records: new Set(records) };
}

/** Counts the people in every place. Throws when a member has a duplicate or lacks one of Accord's contacts. */
export async function countHeads(
  places: readonly Place[],
  contacts: number,
  undecided: Undecided = { contacts: 0, records: new Set() },
): Promise<HeadCount> {
  const expected = contacts - undecided.contacts;
  const counted = await Promise.all(
    places.map(async ({ id: provider, title, isMember, find }) => {
      const people = (await find()).filter(({ id }) => !undecided.records.has(`${provider}:${id}`));
      expectNoDuplicates(title, people);
      if (isMember && people.length !== expected) throw new Error(`${title} has ${people.length} of ${expected} contacts.`);
      return { title, isMember, people: people.length };
    }),
  );
  const count = (wanted: boolean) =>
    counted.filter(({ isMember }) => isMember === wanted).map(({ title, people }) => ({ title, people }));
  return { members: count(true), audienceTargets: count(false) };
}

/** No two sample people share both name and email address, so two records with the same ones are duplicates. */
function expectNoDuplicates(title: string, people: readonly Person[]): void {
  const names = new Set(people.map(({ givenName, familyName, emails }) => [givenName, familyName, ...emails].join(' ')));
  if (names.size < people.length) throw new Error(`${title} has duplicates: ${people.length} records of ${names.size} people.`);
}
