import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as errors from '#providers/errors.ts';
import type { NewRecord, WriteResult } from '#providers/provider.ts';
import { refusalOf, startBench } from '#test/providers/google/setup.ts';
import { noChange } from '#test/providers/provider-contract.ts';

let bench: Awaited<ReturnType<typeof startBench>>;
beforeAll(async () => {
  bench = await startBench();
});
beforeEach(() => bench.sandbox.reset());
afterAll(() => bench.close());

const newPerson = (number: number): NewRecord => ({
  patch: { ...noChange, set: { givenName: `Ada ${number}` } },
  reference: `ref-${number}`,
});
/** Google refuses contacts of more than 128 KB. */
const tooLarge: NewRecord = { patch: { ...noChange, set: { note: 'x'.repeat(200_000) } }, reference: 'too-large' };
const createMany = async (creates: NewRecord[], client = bench.connect()) => (await client.createMany?.(creates)) ?? [];
const batch = 'POST /v1/people:batchCreateContacts';
const newPeople = (count: number) => Array.from({ length: count }, (_, index) => newPerson(index));

describe('createMany of Google', () => {
  it('creates sequential batches of two hundred', async () => {
    await bench.sandbox.patchSettings({ mutationMs: 1 });
    const client = bench.connect();
    const asked = await bench.requestsOf(async () => {
      const answers = (await createMany(newPeople(450), client)) as WriteResult[];
      expect(answers.map(({ record }) => record.reference)).toEqual(newPeople(450).map(({ reference }) => reference));
      expect(answers[449]?.record.values.givenName).toBe('Ada 449');
      const names = answers.map(({ record }) => record.externalId);
      expect(await client.readMany?.(names)).toEqual(answers.map(({ record }) => record));
    });
    const batchGet = 'GET /v1/people:batchGet';
    expect(asked).toEqual([batch, batch, batch, batchGet, batchGet, batchGet]);
  });

  it('assigns the results of a response in any order', async () => {
    const client = bench.connect();
    const [one, two] = (await createMany([newPerson(1), newPerson(2)], client)) as [WriteResult, WriteResult];
    const people = [await bench.person(two.record.externalId), await bench.person(one.record.externalId)];
    const body = { createdPeople: people.map((person) => ({ httpStatusCode: 200, person })) };
    await bench.sandbox.addFault({ path: '**/people:batchCreateContacts', status: 200, body, times: 1 });
    const answers = (await createMany([newPerson(1), newPerson(2), newPerson(3)], client)) as WriteResult[];
    expect(answers.slice(0, 2).map(({ record }) => record.values.givenName)).toEqual(['Ada 1', 'Ada 2']);
    expect(answers[2]).toBeInstanceOf(errors.UnavailableError);
  });

  it.each(['nothing', 'rest'])('reports unknown outcomes when Google refuses one contact and creates %s', async (failedBatch) => {
    await bench.sandbox.patchSettings({ failedBatch });
    const answers = await createMany([newPerson(1), tooLarge, newPerson(3)]);
    const kinds = [errors.UnavailableError, errors.InvalidRequestError, errors.UnavailableError];
    for (const [index, kind] of kinds.entries()) expect(answers[index]).toBeInstanceOf(kind);
    const found = await bench.connect().find({ reference: 'ref-1', phones: [], emails: [] });
    expect(found).toHaveLength(failedBatch === 'rest' ? 1 : 0);
  });

  it('returns one result each when a later batch fails', async () => {
    const many = [...newPeople(200), newPerson(200)];
    await bench.sandbox.patchSettings({ criticalWritesPerMinute: 6 });
    const answers = await createMany(many);
    expect(answers.slice(0, 200).every((answer) => !(answer instanceof Error))).toBe(true);
    expect(answers[200]).toBeInstanceOf(errors.RateLimitError);
    await bench.sandbox.patchSettings({ criticalWritesPerMinute: 0 });
    expect(await refusalOf(createMany(many))).toBeInstanceOf(errors.RateLimitError);
  });
});
