import type { Person } from '#sandbox/core/people.ts';
import type { Place } from './places.ts';

/** The number of people in each place, by title. */
export interface HeadCount {
  members: { title: string; people: number }[];
  audienceTargets: { title: string; people: number }[];
}

/** Counts the people in every place. Throws when a member has a duplicate or lacks one of Accord's contacts. */
export async function countHeads(places: readonly Place[], contacts: number): Promise<HeadCount> {
  const counted = await Promise.all(
    places.map(async ({ title, isMember, find }) => {
      const people = await find();
      expectNoDuplicates(title, people);
      if (isMember && people.length !== contacts) throw new Error(`${title} has ${people.length} of ${contacts} contacts.`);
      return { title, isMember, people: people.length };
    }),
  );
  const count = (wanted: boolean) =>
    counted.filter(({ isMember }) => isMember === wanted).map(({ title, people }) => ({ title, people }));
  return { members: count(true), audienceTargets: count(false) };
}

/** No two sample contacts share a full name, so two records with the same name are duplicates. */
function expectNoDuplicates(title: string, people: readonly Person[]): void {
  const names = new Set(people.map(({ givenName, familyName }) => `${givenName} ${familyName}`));
  if (names.size < people.length) throw new Error(`${title} has duplicates: ${people.length} records of ${names.size} people.`);
}
