import { describe, expect, it } from '@jest/globals';
import * as errors from '#providers/errors.ts';
import type { NewRecord, WriteResult } from '#providers/provider.ts';
import { e164, email, noChange, person, referenceOf } from './people.ts';
import type { ContractBench } from './subject.ts';

/** Bulk calls return one result per item. */
export function describeBatches(bench: ContractBench): void {
  const { provider, subject } = bench;

  describe(`${provider.name}: batches`, () => {
    it('reads many records in the order of their ids, with null for deleted and unknown ones', async () => {
      const [first, second, gone] = [await bench.create(1), await bench.create(2), await bench.create(3)];
      await subject.remove(bench.sandbox, gone.externalId);
      const ids = [second.externalId, subject.unknownId, first.externalId, gone.externalId];
      const read = await bench.client.readMany?.(ids);
      if (read) expect(read).toEqual([second, null, first, null]);
    });

    it('reads more records than one bulk call can', async () => {
      const { externalId } = await bench.create(1);
      const read = await bench.client.readMany?.(Array.from({ length: 450 }, () => externalId));
      if (read) expect(read.map((record) => record?.externalId)).toEqual(Array.from({ length: 450 }, () => externalId));
    });

    it('makes no call for an empty batch', async () => {
      const before = await bench.sandbox.lastRequest();
      expect((await bench.client.readMany?.([])) ?? []).toEqual([]);
      expect((await bench.client.createMany?.([])) ?? []).toEqual([]);
      expect(await bench.sandbox.requestsSince(before)).toEqual([]);
    });

    it('creates many records, with the same results as single creates', async () => {
      const answers = await bench.client.createMany?.([1, 2, 3].map(newPerson));
      for (const [at, answer] of (answers ?? []).entries()) {
        const { outcome, record } = answer as WriteResult;
        expect(outcome).toBe('created');
        expect(record.reference).toBe(referenceOf(at + 1));
        expect(await bench.client.read(record.externalId)).toEqual(record);
      }
    });

    it('creates the remaining records when one is refused', async () => {
      const { refused } = subject;
      if (refused === undefined) return;
      const creates = [newPerson(1), { patch: { ...noChange, set: refused }, reference: referenceOf(2) }, newPerson(3)];
      const answers = (await bench.client.createMany?.(creates)) ?? [];
      expect(answers.map((answer) => answer instanceof errors.ProviderError)).toEqual([false, true, false]);
      expect((await bench.client.list({ cursor: null })).records).toHaveLength(2);
    });

    it('finds the records of a bulk create with a lost response', async () => {
      await bench.create(1);
      if (bench.client.createMany === undefined) return;
      await bench.sandbox.addFault({ method: 'POST', path: '**', dropResponse: true, times: 1 });
      await expect(bench.client.createMany([newPerson(2), newPerson(3)])).rejects.toBeInstanceOf(errors.UnavailableError);
      for (const number of [2, 3]) {
        const found = await bench.client.find({
          reference: referenceOf(number),
          phones: [e164(number)],
          emails: [email(number)],
        });
        expect(found.map(({ reference }) => reference)).toEqual([referenceOf(number)]);
      }
    });
  });
}

function newPerson(number: number): NewRecord {
  return { patch: { ...noChange, set: person(number), addTags: ['Cold Lead'] }, reference: referenceOf(number) };
}
