import type { Store } from '#sandbox/core/store.ts';
import { customerNotFound } from '#sandbox/square/api-error.ts';
import type { Customer } from './customer.ts';

/** A profile and what became of it. Those that are gone are kept: reads follow merges, people undelete. */
export interface Profile {
  customer: Customer;
  deleted?: true;
  /** The id that a merge put in its place. */
  mergedInto?: string;
}

type Listener = (id: string, customer: Customer | null) => void;
export type CustomerBook = ReturnType<typeof createCustomerBook>;

export function createCustomerBook(store: Store) {
  const profiles = store.collection<Profile>('customers');
  const listeners: Listener[] = [];

  function findLiving(id: string): Customer | undefined {
    const profile = profiles.get(id);
    return profile && !profile.deleted ? profile.customer : undefined;
  }

  function findFollowing(id: string): Customer | undefined {
    const mergedInto = profiles.get(id)?.mergedInto;
    return mergedInto === undefined ? findLiving(id) : findFollowing(mergedInto);
  }

  return {
    /** One that is gone, too. */
    find: (id: string): Profile | undefined => profiles.get(id),

    /** Throws the 404. What a write after a merge gets for the old id is not documented; here it is this one. */
    getLiving(id: string): Customer {
      const customer = findLiving(id);
      if (!customer) throw customerNotFound(id);
      return customer;
    },

    /** Square forum 10676 and 174: a merged id is answered with the new profile, which has another id. */
    getFollowing(id: string): Customer {
      const customer = findFollowing(id);
      if (!customer) throw customerNotFound(id);
      return customer;
    },

    /** The living ones, oldest first. */
    *all(): Iterable<Customer> {
      for (const { customer, deleted } of profiles.values()) if (!deleted) yield customer;
    },

    *mergedInto(id: string): Iterable<Profile> {
      for (const profile of profiles.values()) if (profile.mergedInto === id) yield profile;
    },

    put(profile: Profile): void {
      const { id } = profile.customer;
      profiles.put(id, profile);
      for (const listener of listeners) listener(id, profile.deleted ? null : profile.customer);
    },

    onChange: (listener: Listener) => void listeners.push(listener),
  };
}
