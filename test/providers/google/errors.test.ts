import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as errors from '#providers/errors.ts';
import { noChange, person } from '#test/providers/provider-contract.ts';
import { refusalOf, startBench, startSandbox } from './setup.ts';

let bench: Awaited<ReturnType<typeof startBench>>;
beforeAll(async () => {
  bench = await startBench();
});
beforeEach(() => bench.sandbox.reset());
afterAll(() => bench.close());

const create = (client = bench.connect()) => client.create({ ...noChange, set: person(1) }, { reference: 'ref-1' });
const envelope = (code: number, status: string, reason?: string, message = 'No.') => {
  const details = reason && [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }];
  return { status: code, body: { error: { code, message, status, ...(details && { details }) } }, times: 1 };
};

describe('an error of Google', () => {
  it('about the write quota pauses writes for a minute, and not reads', async () => {
    const client = bench.connect();
    const { record } = await create(client);
    await bench.sandbox.patchSettings({ criticalWritesPerMinute: 1 });
    expect(await refusalOf(create(client))).toMatchObject({ name: 'RateLimitError', status: 429, retryAfterSeconds: 60 });
    const asked = await bench.requestsOf(async () => {
      expect(await refusalOf(create(client))).toMatchObject({ name: 'RateLimitError', status: null });
      await client.read(record.externalId);
    });
    expect(asked).toEqual([`GET /v1/${record.externalId}`]);
  });

  it('about the read quota pauses all calls for a minute', async () => {
    await bench.sandbox.patchSettings({ criticalReadsPerMinute: 0 });
    const client = bench.connect();
    expect(await refusalOf(client.list({ cursor: null }))).toMatchObject({ name: 'RateLimitError', retryAfterSeconds: 60 });
    expect(await bench.requestsOf(() => refusalOf(create(client)))).toEqual([]);
  });

  it('about the daily write quota has a longer wait', async () => {
    await bench.sandbox.patchSettings({ dailyContactWrites: 0 });
    expect(await refusalOf(create())).toMatchObject({ name: 'RateLimitError', retryAfterSeconds: 600 });
  });

  it.each([
    ['a quota, in the older form', envelope(403, 'PERMISSION_DENIED', 'rateLimitExceeded'), errors.RateLimitError],
    ['a daily quota, in the older form', envelope(403, 'PERMISSION_DENIED', 'dailyLimitExceeded'), errors.RateLimitError],
    ['a missing permission', envelope(403, 'PERMISSION_DENIED'), errors.AuthenticationError],
    ['concurrent writes', envelope(409, 'ABORTED'), errors.UnavailableError],
    ['an internal error', envelope(500, 'INTERNAL'), errors.UnavailableError],
    ['an unavailable backend', envelope(503, 'UNAVAILABLE'), errors.UnavailableError],
    ['an invalid argument', envelope(400, 'INVALID_ARGUMENT'), errors.InvalidRequestError],
    ['a stale etag', envelope(400, 'FAILED_PRECONDITION', undefined, 'person.etag differs'), errors.PreconditionFailedError],
    ['another precondition', envelope(400, 'FAILED_PRECONDITION'), errors.InvalidRequestError],
  ])('about %s maps to the error class of its consequence', async (_, fault, kind) => {
    await bench.sandbox.addFault(fault);
    await expect(create()).rejects.toBeInstanceOf(kind);
  });

  it('about a concurrent write of the account is temporary', async () => {
    for (const overlappingMutations of ['unavailable', 'conflict']) {
      await bench.sandbox.patchSettings({ mutationMs: 60_000, overlappingMutations });
      const both = [refusalOf(create(bench.connect())), refusalOf(create(bench.connect()))];
      expect(await Promise.race(both)).toBeInstanceOf(errors.UnavailableError);
      await bench.advance(60_000);
      expect(await Promise.all(both)).toContainEqual(expect.objectContaining({ outcome: 'created' }));
    }
  });

  it('names the required scope, and a disabled API', async () => {
    await bench.sandbox.patchSettings({ scopes: ['https://www.googleapis.com/auth/contacts.readonly'] });
    await expect(create()).rejects.toThrow('needs https://www.googleapis.com/auth/contacts (403');
    await bench.sandbox.patchSettings({ apiEnabled: false });
    await expect(create()).rejects.toThrow('enable the People API');
  });

  it('reports a full account', async () => {
    await bench.sandbox.patchSettings({ contactLimit: 0 });
    const error = await refusalOf(create());
    expect(error).toBeInstanceOf(errors.InvalidRequestError);
    expect(error).toMatchObject({ message: expect.stringContaining('no room for another contact') });
  });

  it('names the invalid field, and not its value', async () => {
    const violation = { field: 'person.birthdays[0].date', description: 'Invalid value, "ada@example.com"' };
    const details = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [violation] }];
    const body = { error: { code: 400, status: 'INVALID_ARGUMENT', message: violation.description, details } };
    await bench.sandbox.addFault({ status: 400, body, times: 1 });
    const error = await refusalOf(create());
    expect(error).toMatchObject({
      message: 'Google Contacts rejects the request, naming person.birthdays[0].date (400, create contact).',
    });
  });

  it('does not read a wrong base URL as a deleted contact', async () => {
    const client = bench.connect({ secrets: { GOOGLE_BASE_URL: `${bench.running.url}/google` } });
    await expect(client.read('people/c1')).rejects.toThrow('is the base URL right?');
  });

  it('has the code of a network error, and quotes nothing of the request', async () => {
    const gone = await startSandbox();
    await gone.close();
    const error = await refusalOf(bench.connect({ secrets: { GOOGLE_BASE_URL: gone.url } }).read('people/c1'));
    expect(error).toBeInstanceOf(errors.UnavailableError);
    expect(error).toMatchObject({ message: 'Google Contacts could not be reached: ECONNREFUSED (read contact).' });
    expect(inspect(error, { depth: 10 })).not.toContain('ya29');
  });
});
