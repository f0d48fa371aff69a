import { GoogleError, invalidArgument } from '#sandbox/google/google-error.ts';
import type { GoogleSettings } from '#sandbox/google/settings.ts';
import { readEtag } from './etag.ts';
import { type Person, sourceEtagOf } from './person.ts';
import type { PersonBody } from './read-person.ts';

/** Throws unless the update was made from the person's present state. */
export type EtagGuard = (person: Person, body: PersonBody) => void;

/**
 * The docs speak of `metadata.sources.etag`; integrators report that `person.etag` decides where it is sent, and that a
 * source's etag in its place never fits.
 */
export function createEtagGuard(settings: () => GoogleSettings): EtagGuard {
  const isSpurious = everySoOften();
  return (person, { etag, sourceEtag, lacksContactSource }) => {
    if (lacksContactSource || (etag === undefined && sourceEtag === undefined)) throw missing();
    if (etag === undefined && sourceEtag !== sourceEtagOf(person)) throw mismatch('person.metadata.sources.etag');
    if (etag !== undefined && !fits(person, etag)) throw mismatch('person.etag');
    // Integrators report (google-api-python-client issue 2417): a strict get, update, get, update fails now and then.
    if (isSpurious(settings().spuriousMismatchRate)) throw mismatch('person.etag');
  };
}

/** Only with `etagMode` `listRejected` does an etag say that it is from a list. */
function fits(person: Person, etag: string): boolean {
  const read = readEtag(etag);
  return read !== null && read.sourceEtag === sourceEtagOf(person) && !read.fromList;
}

/** Evenly, not by chance, so that a run can be repeated. */
function everySoOften(): (rate: number) => boolean {
  let owed = 0;
  return (rate) => {
    owed += rate;
    if (owed < 1) return false;
    owed -= 1;
    return true;
  };
}

/** Google docs: 400 with the reason `failedPrecondition`; the sentence is as integrators quote it. */
function mismatch(what: string): GoogleError {
  const message = `Request ${what} is different than the current ${what}. Clear local cache and get the latest person.`;
  return new GoogleError('FAILED_PRECONDITION', message);
}

function missing(): GoogleError {
  return invalidArgument('Request must set person.etag or person.metadata.sources.etag for the source that is being updated.');
}
