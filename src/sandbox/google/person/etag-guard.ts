import { GoogleError, invalidArgument } from '#sandbox/google/google-error.ts';
import type { GoogleSettings } from '#sandbox/google/settings.ts';
import { readEtag } from './etag.ts';
import { type Person, sourceEtagOf } from './person.ts';
import type { PersonBody } from './read-person.ts';

/** Throws unless the update is based on the person's present state. */
export type EtagGuard = (person: Person, body: PersonBody) => void;

/**
 * The docs name `metadata.sources.etag`. Integrators report that `person.etag` takes precedence if sent, and that a source's etag in its
 * place never matches.
 */
export function createEtagGuard(settings: () => GoogleSettings): EtagGuard {
  const isSpurious = createEvenSampler();
  return (person, { etag, sourceEtag, lacksContactSource }) => {
    if (lacksContactSource || (etag === undefined && sourceEtag === undefined)) throw missing();
    if (etag === undefined && sourceEtag !== sourceEtagOf(person)) throw mismatch('person.metadata.sources.etag');
    if (etag !== undefined && !fits(person, etag)) throw mismatch('person.etag');
    // Integrators report (google-api-python-client issue 2417): a strict sequence of get and update fails occasionally.
    if (isSpurious(settings().spuriousMismatchRate)) throw mismatch('person.etag');
  };
}

/** An etag is marked as coming from a list only with `etagMode` `listRejected`. */
function fits(person: Person, etag: string): boolean {
  const read = readEtag(etag);
  return read !== null && read.sourceEtag === sourceEtagOf(person) && !read.fromList;
}

/** Returns true for the given share of calls, evenly spread instead of random, so that runs are repeatable. */
function createEvenSampler(): (rate: number) => boolean {
  let owed = 0;
  return (rate) => {
    owed += rate;
    if (owed < 1) return false;
    owed -= 1;
    return true;
  };
}

/** Google docs: 400 with the reason `failedPrecondition`. The message is as integrators quote it. */
function mismatch(path: string): GoogleError {
  const message = `Request ${path} is different than the current ${path}. Clear local cache and get the latest person.`;
  return new GoogleError('FAILED_PRECONDITION', message);
}

function missing(): GoogleError {
  return invalidArgument('Request must set person.etag or person.metadata.sources.etag for the source that is being updated.');
}
