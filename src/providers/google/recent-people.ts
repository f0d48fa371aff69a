import type { Person } from './schema.ts';

/** Two thousand bytes each, as a rule. */
const mostPeople = 1_000;

/**
 * People as Google last told us of them, one by one; not as listings show them, which cut long fields. An update can start from
 * here as long as the etag is the one that the caller knows, and needs no read.
 */
export class RecentPeople {
  readonly #people = new Map<string, Person>();

  remember(person: Person): Person {
    this.#people.delete(person.resourceName);
    this.#people.set(person.resourceName, person);
    const [oldest] = this.#people.keys();
    if (this.#people.size > mostPeople && oldest !== undefined) this.#people.delete(oldest);
    return person;
  }

  find(resourceName: string, etag: string): Person | null {
    const person = this.#people.get(resourceName);
    return person?.etag === etag ? person : null;
  }

  forget(resourceName: string): void {
    this.#people.delete(resourceName);
  }
}
