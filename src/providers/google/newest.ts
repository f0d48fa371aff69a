import { withTimeout } from '#concurrency/with-timeout.ts';
import type { CallOptions } from '#providers/provider.ts';
import type { Person } from './schema.ts';

/**
 * Gives the same answer to all who ask while an earlier request is under way: that of the next one, which begins after they asked,
 * and hence knows of all that was written before. Nobody's signal ends it.
 */
export function createNewest(list: (call: CallOptions) => Promise<Person[]>) {
  let underWay: Promise<unknown> = Promise.resolve();
  let next: Promise<Person[]> | null = null;

  async function listAfter(earlier: Promise<unknown>, call: CallOptions): Promise<Person[]> {
    await earlier.catch(() => {});
    next = null;
    const listing = list(call);
    underWay = listing;
    return listing;
  }

  return ({ signal, ...call }: CallOptions = {}): Promise<Person[]> => {
    next ??= listAfter(underWay, call);
    return withTimeout(next, { signal });
  };
}
