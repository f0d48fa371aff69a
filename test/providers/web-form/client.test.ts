import { describe, expect, it } from '@jest/globals';
import { createSubmissionStore } from '#db/sync/form-submissions.ts';
import { InvalidRequestError, NotFoundError, UnavailableError } from '#providers/errors.ts';
import { webform } from '#providers/index.ts';
import type { SubmissionStore } from '#providers/provider.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { noChange, noTokens } from '#test/providers/provider-contract.ts';
import { formWith, submissionOf } from './submission.ts';

const database = useDatabase();
const { account, form } = formWith([]);
const submission = submissionOf(form, { reach: 'ada@example.com' });

function connect(submissions: SubmissionStore, forms = account) {
  return webform.connect({ account: forms, secrets: {}, tokens: noTokens, submissions, lists: [] });
}

async function keep({ id, form: name, values, evidence, receivedAt }: typeof submission): Promise<void> {
  const row = { id, form: name, values: JSON.stringify(values), evidence: JSON.stringify(evidence) };
  await database.db
    .insertInto('form_submission')
    .values({ ...row, idempotency_key: id, received_at: receivedAt })
    .execute();
}

describe('the client of web forms', () => {
  it('reads a stored submission', async () => {
    await keep(submission);
    const client = connect(createSubmissionStore(database.db));
    expect(client.accountId).toBe('forms');
    expect(await client.read(submission.id)).toMatchObject({
      externalId: submission.id,
      updatedAt: '2026-11-22T10:00:00.000Z',
      complete: true,
      values: { emails: [{ address: 'ada@example.com', label: null }] },
    });
  });

  it('throws when the submission, its form or the database is missing', async () => {
    const client = connect(createSubmissionStore(database.db));
    await expect(client.read('0199a0a0-0000-7000-8000-00000000ffff')).rejects.toThrow(NotFoundError);
    await expect(client.read("x' or true")).rejects.toThrow(NotFoundError);
    const { account: none } = { account: webform.accountSchema.parse({}) };
    const orphan = connect({ find: async () => submission }, none).read(submission.id);
    await expect(orphan).rejects.toThrow(InvalidRequestError);
    await expect(orphan).rejects.toThrow('accord.yaml no longer has the form contact,');
    const down = connect({ find: () => Promise.reject(new Error('ECONNREFUSED')) });
    await expect(down.read(submission.id)).rejects.toThrow(UnavailableError);
  });

  it('lists nothing, finds nothing, and refuses writes', async () => {
    const client = connect(createSubmissionStore(database.db));
    expect(await client.list({ cursor: null })).toEqual({ records: [], unreadable: [], cursor: null, total: 0 });
    expect(await client.find({ reference: null, phones: [], emails: ['ada@example.com'] })).toEqual([]);
    await expect(client.create(noChange, { reference: 'r' })).rejects.toThrow(InvalidRequestError);
    await expect(client.update(submission.id, noChange, { version: null })).rejects.toThrow(InvalidRequestError);
  });

  it('does not connect without a submission store', () => {
    const options = { account, secrets: {}, tokens: noTokens, lists: [] };
    expect(() => webform.connect(options)).toThrow('cannot connect without `submissions`');
  });
});
