import { createOperation, InvalidRequestError, NotFoundError, UnavailableError } from '#providers/errors.ts';
import type { ConnectOptions, ProviderClient, ProviderRecord, StoredSubmission, SubmissionStore } from '#providers/provider.ts';
import { createConfirmationMailer } from './confirmation.ts';
import { toRecord } from './mapping.ts';
import { accountId, vendor, type WebFormAccount, type WebFormSecrets } from './settings.ts';

/** Reads stored submissions. A submission cannot be listed, searched or changed. */
export function connect({ account, secrets, submissions }: ConnectOptions<WebFormAccount, WebFormSecrets>): ProviderClient {
  if (!submissions) throw new Error('The provider webform cannot connect without `submissions`.');
  const sendConfirmation = createConfirmationMailer(account, secrets);
  return {
    ...(sendConfirmation ? { sendConfirmation } : {}),
    accountId,
    // Each read is a query of our own database.
    requestsPerSecond: 50,
    read: (externalId) => readSubmission(submissions, account, externalId),
    list: async () => ({ records: [], unreadable: [], cursor: null, total: 0 }),
    find: async () => [],
    create: () => Promise.reject(readOnly(createOperation)),
    update: () => Promise.reject(readOnly('update contact')),
  };
}

async function readSubmission(store: SubmissionStore, account: WebFormAccount, id: string): Promise<ProviderRecord> {
  const submission = await findSubmission(store, id);
  if (submission === null) throw new NotFoundError(problem('There is no such submission.'));
  const form = Object.hasOwn(account.forms, submission.form) ? account.forms[submission.form] : undefined;
  if (form) return toRecord(submission, form, account.defaultRegion);
  throw new InvalidRequestError({
    ...problem(`accord.yaml no longer has the form ${submission.form}, without which its submissions cannot be read.`),
    remedy: 'add it again and restart the worker',
  });
}

async function findSubmission(store: SubmissionStore, id: string): Promise<StoredSubmission | null> {
  try {
    return await store.find(id);
  } catch (cause) {
    throw new UnavailableError({ ...problem('The submission could not be read from the database.'), cause });
  }
}

function readOnly(operation: string): InvalidRequestError {
  return new InvalidRequestError(problem('Web forms are a source only: nothing can be written to them.', operation));
}

function problem(message: string, operation = 'read contact') {
  return { provider: vendor.id, operation, message };
}
