import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as errors from '#providers/errors.ts';
import type { NewRecord, WriteResult } from '#providers/provider.ts';
import { noChange } from '#test/providers/provider-contract.ts';
import { refusalOf, startBench } from './setup.ts';

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
/** Google takes 128 KB of a contact. */
const tooLarge: NewRecord = { patch: { ...noChange, set: { note: 'x'.repeat(200_000) } }, reference: 'too-large' };
const createMany = async (creates: NewRecord[], client = bench.connect()) => (await client.createMany?.(creates)) ?? [];
const batch = 'POST /v1/people:batchCreateContacts';
const everybody = (count: number) => Array.from({ length: count }, (_, index) => newPerson(index));

describe('many new contacts at Google', () => {
  it('are created two hundred at a time, one batch after the other', async () => {
    await bench.sandbox.patchSettings({ mutationMs: 1 });
    const client = bench.connect();
    const asked = await bench.requestsOf(async () => {
      const answers = (await createMany(everybody(450), client)) as WriteResult[];
      expect(answers.map(({ record }) => record.reference)).toEqual(everybody(450).map(({ reference }) => reference));
      expect(answers[449]?.record.values.givenName).toBe('Ada 449');
      const names = answers.map(({ record }) => record.externalId);
      expect(await client.readMany?.(names)).toEqual(answers.map(({ record }) => record));
    });
    const batchGet = 'GET /v1/people:batchGet';
    expect(asked).toEqual([batch, batch, batch, batchGet, batchGet, batchGet]);
  });

  it('are told apart in an answer of any order', async () => {
    const client = bench.connect();
    const [one, two] = (await createMany([newPerson(1), newPerson(2)], client)) as [WriteResult, WriteResult];
    const people = [await bench.person(two.record.externalId), await bench.person(one.record.externalId)];
    const body = { createdPeople: people.map((person) => ({ httpStatusCode: 200, person })) };
    await bench.sandbox.addFault({ path: '**/people:batchCreateContacts', status: 200, body, times: 1 });
    const answers = (await createMany([newPerson(1), newPerson(2), newPerson(3)], client)) as WriteResult[];
    expect(answers.slice(0, 2).map(({ record }) => record.values.givenName)).toEqual(['Ada 1', 'Ada 2']);
    expect(answers[2]).toBeInstanceOf(errors.UnavailableError);
  });

  it.each(['nothing', 'rest'])('are to be looked for when Google refuses one of them and lets %s land', async (failedBatch) => {
    await bench.sandbox.patchSettings({ failedBatch });
    const answers = await createMany([newPerson(1), tooLarge, newPerson(3)]);
    const kinds = [errors.UnavailableError, errors.InvalidRequestError, errors.UnavailableError];
    for (const [index, kind] of kinds.entries()) expect(answers[index]).toBeInstanceOf(kind);
    const found = await bench.connect().find({ reference: 'ref-1', phones: [], emails: [] });
    expect(found).toHaveLength(failedBatch === 'rest' ? 1 : 0);
  });

  it('are each told what became of them when a later batch fails', async () => {
    const many = [...everybody(200), newPerson(200)];
    await bench.sandbox.patchSettings({ criticalWritesPerMinute: 6 });
    const answers = await createMany(many);
    expect(answers.slice(0, 200).every((answer) => !(answer instanceof Error))).toBe(true);
    expect(answers[200]).toBeInstanceOf(errors.RateLimitError);
    await bench.sandbox.patchSettings({ criticalWritesPerMinute: 0 });
    expect(await refusalOf(createMany(many))).toBeInstanceOf(errors.RateLimitError);
  });
});
