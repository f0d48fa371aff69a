import type { Account } from '#sandbox/google/account.ts';
import { GoogleError } from '#sandbox/google/google-error.ts';
import type { Person } from '#sandbox/google/person/person.ts';
import type { Plan } from './contact-writer.ts';

/** The contact's key in error details (its index or its resource name), and the check that returns its write. */
export type BatchEntry = [key: string, plan: () => Plan];

/**
 * Checks all entries, then writes them. If checks fail, it throws one error with an entry per bad contact. Google docs define the type
 * of the details, but not whether the good contacts are written: the setting `failedBatch` decides.
 */
export function executeBatch(
  { store, settings }: Account,
  detailsType: string | null,
  entries: BatchEntry[],
): [string, Person][] {
  const good: [string, Plan][] = [];
  const bad: [string, GoogleError][] = [];
  for (const [key, plan] of entries) {
    const planned = attempt(plan);
    if (planned instanceof GoogleError) bad.push([key, planned]);
    else good.push([key, planned]);
  }
  const isRefused = bad.length > 0 && settings().failedBatch === 'nothing';
  const done = isRefused ? [] : store.transaction(() => good.map(([key, plan]): [string, Person] => [key, plan()]));
  const [first] = bad;
  if (first) throw withDetails(first[1], detailsType, bad);
  return done;
}

function attempt(plan: () => Plan): Plan | GoogleError {
  try {
    return plan();
  } catch (error) {
    if (error instanceof GoogleError) return error;
    throw error;
  }
}

function withDetails({ status, message }: GoogleError, type: string | null, bad: [string, GoogleError][]): GoogleError {
  if (type === null) return new GoogleError(status, message);
  const contactErrors = Object.fromEntries(bad.map(([key, error]) => [key, error.rpcStatus]));
  return new GoogleError(status, message, {
    details: [{ '@type': `type.googleapis.com/google.people.v1.${type}`, contactErrors }],
  });
}
