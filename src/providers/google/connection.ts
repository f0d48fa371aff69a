import type { ConnectOptions } from '#providers/provider.ts';
import { PeopleApi } from './people-api.ts';
import { type Person, personFieldsOf } from './schema.ts';
import { createSdkSend } from './send.ts';
import type { GoogleAccount, GoogleSecrets } from './settings.ts';

/** The connected handle of one account. */
export interface Connection {
  people: PeopleApi;
  account: GoogleAccount;
  recent: RecentPeople;
}

/** Sets up authorization and the rate limit. Makes no call. */
export function openConnection(options: ConnectOptions<GoogleAccount, GoogleSecrets>): Connection {
  const { account } = options;
  const people = new PeopleApi(createSdkSend(options), personFieldsOf(account));
  return { people, account, recent: new RecentPeople() };
}

/** A person takes about two kilobytes. */
const maxPeople = 1_000;

/**
 * Caches people from recent single reads and writes; not from listings, which truncate long fields. While the cached etag equals
 * the caller's, an update needs no read.
 */
export class RecentPeople {
  readonly #people = new Map<string, Person>();

  /** Stores and returns the person. */
  remember(person: Person): Person {
    this.#people.delete(person.resourceName);
    this.#people.set(person.resourceName, person);
    const [oldest] = this.#people.keys();
    if (this.#people.size > maxPeople && oldest !== undefined) this.#people.delete(oldest);
    return person;
  }

  /** Returns the person if the cached etag is `etag`, else null. */
  find(resourceName: string, etag: string): Person | null {
    const person = this.#people.get(resourceName);
    return person?.etag === etag ? person : null;
  }

  forget(resourceName: string): void {
    this.#people.delete(resourceName);
  }
}
