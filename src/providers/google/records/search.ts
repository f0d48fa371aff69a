import { setTimeout as pause } from 'node:timers/promises';
import { withTimeout } from '#concurrency/with-timeout.ts';
import { searchResponse, sources } from '#providers/google/schema.ts';
import type { Sdk, SdkOptions, Send } from '#providers/google/send.ts';
import type { CallOptions } from '#providers/provider.ts';
import { parsePeople, type ReadPeople } from './read-people.ts';

/** After this long, the search cache is warmed up again. Younger contacts are among the last changed ones. */
const maxWarmMs = 60_000;

const operation = 'search contacts';

/** Google docs (searchContacts): a request with an empty query fills the search cache within seconds. */
export function createSearch(send: Send, personFields: string) {
  let warm: { until: number; ready: Promise<void> } | null = null;

  function searchFor(query: string, call?: CallOptions) {
    const request = (sdk: Sdk, options: SdkOptions) =>
      sdk.people.searchContacts({ query, pageSize: 30, readMask: personFields, sources }, options);
    return send({ operation, request }, searchResponse, call);
  }

  /** Concurrent searches share one warm-up, so it ignores their abort signals. */
  function warmUp(seconds: number): Promise<void> {
    if (warm !== null && performance.now() < warm.until) return warm.ready;
    const ready = searchFor('').then(() => pause(seconds * 1000));
    warm = { until: performance.now() + maxWarmMs, ready };
    ready.catch(() => {
      warm = null;
    });
    return ready;
  }

  return async (query: string, warmUpSeconds: number, call: CallOptions = {}): Promise<ReadPeople> => {
    await withTimeout(warmUp(warmUpSeconds), { signal: call.signal });
    const { results } = await searchFor(query, call);
    const rows = (results ?? []).map((result) => result.person);
    return parsePeople(rows, operation);
  };
}
