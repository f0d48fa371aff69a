import type { Clock } from '#sandbox/core/clock.ts';
import { GoogleError } from '#sandbox/google/google-error.ts';
import type { GoogleSettings } from '#sandbox/google/settings.ts';

/** Executes one mutation. */
export type Mutate = <R>(work: () => R) => Promise<R>;

/**
 * Google docs, on every method that writes: send the mutations of one user sequentially, or expect latency and failures. Mutations can
 * overlap only if `mutationMs` gives them a duration on the sandbox's clock.
 */
export function createMutations(clock: Clock, settings: () => GoogleSettings): Mutate {
  let isRunning = false;
  return async (work) => {
    const { mutationMs, overlappingMutations } = settings();
    if (isRunning) throw refusals[overlappingMutations]();
    if (mutationMs === 0) return work();
    isRunning = true;
    await new Promise<void>((resolve) => clock.at(clock.now() + mutationMs, resolve));
    isRunning = false;
    return work();
  };
}

/** Google documents that it fails, but not how. Integrators report 409 and 429. */
const refusals = {
  unavailable: () => new GoogleError('UNAVAILABLE', 'The service is currently unavailable.'),
  conflict: () => new GoogleError('ABORTED', 'The operation was aborted.'),
  quota: () => new GoogleError('RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
};
