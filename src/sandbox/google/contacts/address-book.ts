import type { Collection, Store } from '#sandbox/core/store.ts';
import { findSourceId, type Person, toPersonId, type Values } from '#sandbox/google/person/person.ts';
import type { ChangeFeed } from '#sandbox/google/sync/change-feed.ts';
import type { Timestamp } from '#sandbox/google/timestamp.ts';

interface Options {
  store: Store;
  feed: ChangeFeed;
  timestamp: Timestamp;
}

/** The account's contacts in their present state. Every change goes to the feed that sync reads. */
export class AddressBook {
  readonly #store: Store;
  readonly #feed: ChangeFeed;
  readonly #timestamp: Timestamp;
  readonly #people: Collection<Person>;
  /** Former resource name → present one. */
  readonly #aliases: Collection<string>;
  readonly #counters: Collection<number>;
  #size = 0;

  constructor({ store, feed, timestamp }: Options) {
    this.#store = store;
    this.#feed = feed;
    this.#timestamp = timestamp;
    this.#people = store.collection<Person>('people');
    this.#aliases = store.collection<string>('aliases');
    this.#counters = store.collection<number>('counters');
    for (const person of this.#people.values()) if (!person.deleted) this.#size += 1;
  }

  /** Contacts that are not deleted. */
  get size(): number {
    return this.#size;
  }

  /** Contacts that are not deleted, the last changed last. */
  *all(): Iterable<Person> {
    for (const person of this.#people.values()) if (!person.deleted) yield person;
  }

  /** Finds a contact by its present or a former resource name, unless it is deleted. */
  find(resourceName: string): Person | undefined {
    const person = this.#people.get(this.#aliases.get(resourceName) ?? resourceName);
    return person?.deleted ? undefined : person;
  }

  /** Finds a contact in the trash. A merged or renamed one cannot be restored by its former name. */
  findDeleted(resourceName: string): Person | undefined {
    const person = this.#aliases.get(resourceName) === undefined ? this.#people.get(resourceName) : undefined;
    return person?.deleted ? person : undefined;
  }

  /** Creates a contact with the given resource name, or a new one if the name is absent or invalid. */
  create(values: Values, resourceName?: string): Person {
    const sourceId = resourceName === undefined ? null : findSourceId(resourceName);
    const id = resourceName !== undefined && sourceId !== null ? { resourceName, sourceId } : this.#newId();
    return this.#put({ ...id, revision: 1, updateTime: this.#timestamp(), values, previousNames: [] });
  }

  /** Without `values` only the etag changes. */
  update(person: Person, values: Values = person.values): Person {
    return this.#write(person, { values });
  }

  remove(person: Person): Person {
    return this.#write(person, { deleted: true });
  }

  restore({ deleted: _, ...person }: Person): Person {
    return this.#write(person, {});
  }

  /** Google docs (PersonMetadata): a contact that is linked to a profile gets another resource name. */
  rename(person: Person, leavesTombstone: boolean): Person {
    return this.#store.transaction(() => {
      const { resourceName } = this.#newId();
      if (leavesTombstone) this.#write(person, { deleted: true });
      else this.#forget(person);
      return this.adopt({ ...person, resourceName }, person.resourceName);
    });
  }

  /** Makes a former resource name resolve to this contact, and lists it among the previous names. */
  adopt(person: Person, former: string): Person {
    this.#aliases.put(former, person.resourceName);
    for (const older of person.previousNames) this.#aliases.put(older, person.resourceName);
    return this.#write(person, { previousNames: [...person.previousNames, former] });
  }

  #write(person: Person, changes: Partial<Person>): Person {
    return this.#put({ ...person, ...changes, revision: person.revision + 1, updateTime: this.#timestamp() });
  }

  /** Deletes first, so that the collection keeps the order of the last change. */
  #put(person: Person): Person {
    const living = (each: Person | undefined) => (each && !each.deleted ? 1 : 0);
    this.#size += living(person) - living(this.#people.get(person.resourceName));
    this.#store.transaction(() => {
      this.#people.delete(person.resourceName);
      this.#people.put(person.resourceName, person);
      this.#feed.append(person);
    });
    return person;
  }

  #forget({ resourceName }: Person): void {
    this.#people.delete(resourceName);
    this.#size -= 1;
    this.#feed.forget(resourceName);
  }

  #newId(): { resourceName: string; sourceId: string } {
    const next = (this.#counters.get('people') ?? 0) + 1;
    this.#counters.put('people', next);
    return toPersonId(next);
  }
}
