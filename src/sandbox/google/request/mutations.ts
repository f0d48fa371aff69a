import type { Clock } from '#sandbox/core/clock.ts';
import { GoogleError } from '#sandbox/google/google-error.ts';
import type { GoogleSettings } from '#sandbox/google/settings.ts';

/** Carries out one mutation. */
export type Mutate = <R>(work: () => R) => Promise<R>;

/**
 * Google docs, on every method that writes: send the mutations of one user one after the other, else expect latency and
 * failures. Nothing overlaps until `mutationMs` gives a mutation a length, on the sandbox's clock.
 */
export function createMutations(clock: Clock, settings: () => GoogleSettings): Mutate {
  let isUnderWay = false;
  return async (work) => {
    const { mutationMs, overlappingMutations } = settings();
    if (isUnderWay) throw refusals[overlappingMutations]();
    if (mutationMs === 0) return work();
    isUnderWay = true;
    await new Promise<void>((resolve) => clock.at(clock.now() + mutationMs, resolve));
    isUnderWay = false;
    return work();
  };
}

/** Google says that it fails, not how: both are guesses. */
const refusals = {
  unavailable: () => new GoogleError('UNAVAILABLE', 'The service is currently unavailable.'),
  conflict: () => new GoogleError('ABORTED', 'The operation was aborted.'),
};
