import { createOperation, InvalidRequestError, NotFoundError, UnavailableError } from '#providers/errors.ts';
import type { ConnectOptions, ProviderClient, ProviderRecord, StoredSubmission, SubmissionStore } from '#providers/provider.ts';
import { toRecord } from './mapping.ts';
import type { WebFormAccount, WebFormSecrets } from './settings.ts';

export const vendor = { id: 'webform', name: 'Web forms' };

/** All forms together are one account, of which there is one. */
export const accountId = 'forms';

/** Reads submissions where they were stored. They are nobody's to list, to search or to change. */
export function connect({ account, submissions }: ConnectOptions<WebFormAccount, WebFormSecrets>): ProviderClient {
  if (!submissions) throw new Error('The provider webform cannot connect without `submissions`.');
  return {
    accountId,
    // A look-up in our own database.
    requestsPerSecond: 50,
    read: (externalId) => readSubmission(submissions, account, externalId),
    list: async () => ({ records: [], cursor: null, total: 0 }),
    find: async () => [],
    create: () => Promise.reject(takesNothingBack(createOperation)),
    update: () => Promise.reject(takesNothingBack('update contact')),
  };
}

async function readSubmission(store: SubmissionStore, account: WebFormAccount, id: string): Promise<ProviderRecord> {
  const submission = await findSubmission(store, id);
  if (submission === null) throw new NotFoundError(problem('There is no such submission.'));
  const form = Object.hasOwn(account.forms, submission.form) ? account.forms[submission.form] : undefined;
  if (form) return toRecord(submission, form, account.defaultRegion);
  throw new InvalidRequestError(
    problem(`The form ${submission.form} is not in accord.yaml any more. Put it back, so that its submissions can be read.`),
  );
}

async function findSubmission(store: SubmissionStore, id: string): Promise<StoredSubmission | null> {
  try {
    return await store.find(id);
  } catch (cause) {
    throw new UnavailableError({ ...problem('The submission could not be read from the database.'), cause });
  }
}

function takesNothingBack(operation: string): InvalidRequestError {
  return new InvalidRequestError(problem('Web forms only tell of people: nothing can be written to them.', operation));
}

function problem(message: string, operation = 'read contact') {
  return { provider: vendor.id, operation, message };
}
