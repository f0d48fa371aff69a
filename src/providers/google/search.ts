import { setTimeout as pause } from 'node:timers/promises';
import { withTimeout } from '#concurrency/with-timeout.ts';
import type { CallOptions } from '#providers/provider.ts';
import type { Ask } from './ask.ts';
import { type Person, personFields, searchAnswer, sources } from './schema.ts';

/** So long a search is believed to know of everybody: what is younger is found among the contacts that changed last. */
const warmMs = 60_000;

/** Google docs (searchContacts): the cache that is searched fills after a request with an empty query, within seconds. */
export function createSearch(ask: Ask) {
  let warm: { until: number; ready: Promise<void> } | null = null;
  const searchFor = (query: string, call?: CallOptions) =>
    ask(
      {
        operation: 'search contacts',
        make: (api, options) => api.people.searchContacts({ query, pageSize: 30, readMask: personFields, sources }, options),
      },
      searchAnswer,
      call,
    );

  /** Once for all who search: by nobody's signal, lest one who gives up takes the others along. */
  function warmUp(seconds: number): Promise<void> {
    if (warm !== null && performance.now() < warm.until) return warm.ready;
    const ready = searchFor('').then(() => pause(seconds * 1000));
    warm = { until: performance.now() + warmMs, ready };
    ready.catch(() => {
      warm = null;
    });
    return ready;
  }

  return async (query: string, warmUpSeconds: number, call: CallOptions = {}): Promise<Person[]> => {
    await withTimeout(warmUp(warmUpSeconds), { signal: call.signal });
    const { results } = await searchFor(query, call);
    return (results ?? []).map((result) => result.person);
  };
}
