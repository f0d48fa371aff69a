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

describe('what Google refuses', () => {
  it('waits a minute when the quota of writes is spent, and reads on meanwhile', async () => {
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

  it('waits a minute when the quota of reads is spent', async () => {
    await bench.sandbox.patchSettings({ criticalReadsPerMinute: 0 });
    const client = bench.connect();
    expect(await refusalOf(client.list({ cursor: null }))).toMatchObject({ name: 'RateLimitError', retryAfterSeconds: 60 });
    expect(await bench.requestsOf(() => refusalOf(create(client)))).toEqual([]);
  });

  it('waits longer when a day of writes is spent', async () => {
    await bench.sandbox.patchSettings({ dailyContactWrites: 0 });
    expect(await refusalOf(create())).toMatchObject({ name: 'RateLimitError', retryAfterSeconds: 600 });
  });

  it.each([
    ['a quota, in the older form', envelope(403, 'PERMISSION_DENIED', 'rateLimitExceeded'), errors.RateLimitError],
    ['a daily quota, in the older form', envelope(403, 'PERMISSION_DENIED', 'dailyLimitExceeded'), errors.RateLimitError],
    ['no right to it', envelope(403, 'PERMISSION_DENIED'), errors.AuthenticationError],
    ['two writes that met', envelope(409, 'ABORTED'), errors.UnavailableError],
    ['a fault of its own', envelope(500, 'INTERNAL'), errors.UnavailableError],
    ['a fault behind it', envelope(503, 'UNAVAILABLE'), errors.UnavailableError],
    ['something wrong in it', envelope(400, 'INVALID_ARGUMENT'), errors.InvalidRequestError],
    ['an etag', envelope(400, 'FAILED_PRECONDITION', undefined, 'person.etag differs'), errors.PreconditionFailedError],
    ['something else that must be so', envelope(400, 'FAILED_PRECONDITION'), errors.InvalidRequestError],
  ])('says what follows from %s', async (_, fault, kind) => {
    await bench.sandbox.addFault(fault);
    await expect(create()).rejects.toBeInstanceOf(kind);
  });

  it('waits for another write of the same account', async () => {
    for (const overlappingMutations of ['unavailable', 'conflict']) {
      await bench.sandbox.patchSettings({ mutationMs: 60_000, overlappingMutations });
      const both = [refusalOf(create(bench.connect())), refusalOf(create(bench.connect()))];
      expect(await Promise.race(both)).toBeInstanceOf(errors.UnavailableError);
      await bench.advance(60_000);
      expect(await Promise.all(both)).toContainEqual(expect.objectContaining({ outcome: 'created' }));
    }
  });

  it('says which scope is needed, and that the API is switched off', async () => {
    await bench.sandbox.patchSettings({ scopes: ['https://www.googleapis.com/auth/contacts.readonly'] });
    await expect(create()).rejects.toThrow('needs https://www.googleapis.com/auth/contacts (403');
    await bench.sandbox.patchSettings({ apiEnabled: false });
    await expect(create()).rejects.toThrow('enable the People API');
  });

  it('says that the account is full', async () => {
    await bench.sandbox.patchSettings({ contactLimit: 0 });
    const error = await refusalOf(create());
    expect(error).toBeInstanceOf(errors.InvalidRequestError);
    expect(error).toMatchObject({ message: expect.stringContaining('no room for another contact') });
  });

  it('names the place of what is wrong, and not what stands there', async () => {
    const violation = { field: 'person.birthdays[0].date', description: 'Invalid value, "ada@example.com"' };
    const details = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [violation] }];
    const body = { error: { code: 400, status: 'INVALID_ARGUMENT', message: violation.description, details } };
    await bench.sandbox.addFault({ status: 400, body, times: 1 });
    const error = await refusalOf(create());
    expect(error).toMatchObject({
      message: 'Google Contacts rejects the request, naming person.birthdays[0].date (400, create contact).',
    });
  });

  it('does not take a wrong base URL for a contact that is gone', async () => {
    const client = bench.connect({ secrets: { GOOGLE_BASE_URL: `${bench.running.url}/google` } });
    await expect(client.read('people/c1')).rejects.toThrow('is the base URL right?');
  });

  it('names the fault of the network, and quotes nothing of the request', async () => {
    const gone = await startSandbox();
    await gone.close();
    const error = await refusalOf(bench.connect({ secrets: { GOOGLE_BASE_URL: gone.url } }).read('people/c1'));
    expect(error).toBeInstanceOf(errors.UnavailableError);
    expect(error).toMatchObject({ message: 'Google Contacts could not be reached: ECONNREFUSED (read contact).' });
    expect(inspect(error, { depth: 10 })).not.toContain('ya29');
  });
});
