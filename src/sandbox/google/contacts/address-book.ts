import type { Store } from '#sandbox/core/store.ts';
import { findSourceId, type Person, toPersonId, type Values } from '#sandbox/google/person/person.ts';
import type { ChangeFeed } from '#sandbox/google/sync/change-feed.ts';
import type { Timestamp } from '#sandbox/google/timestamp.ts';

export type AddressBook = ReturnType<typeof createAddressBook>;

interface Options {
  store: Store;
  feed: ChangeFeed;
  timestamp: Timestamp;
}

/** The account's contacts as they are now. Everything that changes goes to the feed, from which sync reads. */
export function createAddressBook({ store, feed, timestamp }: Options) {
  const people = store.collection<Person>('people');
  const aliases = store.collection<string>('aliases');
  const counters = store.collection<number>('counters');
  let living = 0;
  for (const person of people.values()) if (!person.deleted) living += 1;

  /** Taken out first, so that the collection is in the order of the last change. */
  function put(person: Person): Person {
    const isAlive = (each: Person | undefined) => (each && !each.deleted ? 1 : 0);
    living += isAlive(person) - isAlive(people.get(person.resourceName));
    store.transaction(() => {
      people.delete(person.resourceName);
      people.put(person.resourceName, person);
      feed.append(person);
    });
    return person;
  }

  function newId(): { resourceName: string; sourceId: string } {
    const next = (counters.get('people') ?? 0) + 1;
    counters.put('people', next);
    return toPersonId(next);
  }

  function write(person: Person, changes: Partial<Person>): Person {
    return put({ ...person, ...changes, revision: person.revision + 1, updateTime: timestamp() });
  }

  return {
    /** Living ones. */
    get size() {
      return living;
    },
    /** The living ones, the last changed last. */
    *all(): Iterable<Person> {
      for (const person of people.values()) if (!person.deleted) yield person;
    },
    /** Also by a name that it had before. A deleted one is not found. */
    find(resourceName: string): Person | undefined {
      const person = people.get(aliases.get(resourceName) ?? resourceName);
      return person?.deleted ? undefined : person;
    },
    /** One that was merged or renamed away counts as gone. */
    findDeleted(resourceName: string): Person | undefined {
      const person = aliases.get(resourceName) === undefined ? people.get(resourceName) : undefined;
      return person?.deleted ? person : undefined;
    },

    /** With a name of the caller's choice, or a new one. */
    create(values: Values, resourceName?: string): Person {
      const chosen = resourceName === undefined ? null : findSourceId(resourceName);
      const id = resourceName !== undefined && chosen !== null ? { resourceName, sourceId: chosen } : newId();
      return put({ ...id, revision: 1, updateTime: timestamp(), values, previousNames: [] });
    },
    /** Without `values` nothing changes but the etag. */
    update: (person: Person, values: Values = person.values): Person => write(person, { values }),
    remove: (person: Person): Person => write(person, { deleted: true }),
    restore({ deleted: _, ...person }: Person): Person {
      return write(person, {});
    },

    /** Google docs (PersonMetadata): linking a contact to a profile gives it another name. */
    rename(person: Person, leavesTombstone: boolean): Person {
      return store.transaction(() => {
        const { resourceName } = newId();
        if (leavesTombstone) write(person, { deleted: true });
        else forget(person);
        return adopt({ ...person, resourceName }, person.resourceName);
      });
    },
    /** From now on `former` leads to this person, and sync names it. */
    adopt,
  };

  function adopt(person: Person, former: string): Person {
    aliases.put(former, person.resourceName);
    for (const older of person.previousNames) aliases.put(older, person.resourceName);
    return write(person, { previousNames: [...person.previousNames, former] });
  }

  function forget({ resourceName }: Person): void {
    people.delete(resourceName);
    living -= 1;
    feed.forget(resourceName);
  }
}
