import type { Store } from '#sandbox/core/store.ts';
import { customerNotFound } from '#sandbox/square/api-error.ts';
import type { Customer } from './customer.ts';

/** A profile and its fate. Deleted ones are kept, because reads follow merges and sellers undelete. */
export interface Profile {
  customer: Customer;
  deleted?: true;
  /** The id of the profile that a merge created. */
  mergedInto?: string;
}

type Listener = (id: string, customer: Customer | null) => void;
export type CustomerBook = ReturnType<typeof createCustomerBook>;

/** All profiles in their present state, deleted ones included. */
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
    /** Finds a profile, even if it is deleted. */
    find: (id: string): Profile | undefined => profiles.get(id),

    /** Throws the 404. The answer to a write with the old id of a merged profile is not documented; the sandbox answers 404. */
    getLiving(id: string): Customer {
      const customer = findLiving(id);
      if (!customer) throw customerNotFound(id);
      return customer;
    },

    /** Square forum 10676 and 174: a merged id returns the new profile, which has another id. */
    getFollowing(id: string): Customer {
      const customer = findFollowing(id);
      if (!customer) throw customerNotFound(id);
      return customer;
    },

    /** Profiles that are not deleted, the oldest first. */
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
