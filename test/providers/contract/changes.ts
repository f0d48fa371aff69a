import { describe, expect, it } from '@jest/globals';
import * as errors from '#providers/errors.ts';
import type { ProviderClient, ProviderRecord } from '#providers/provider.ts';
import { noChange } from './people.ts';
import type { ContractBench } from './subject.ts';

/** Asked for changes, a provider may tell of more than there were, and never of fewer. */
export function describeChanges(bench: ContractBench): void {
  const { provider, subject } = bench;

  describe(`${provider.name}: changes`, () => {
    it('can be asked for changes if it is to be polled', () => {
      if (provider.pollSchedule !== undefined) expect(bench.client.changes).toBeInstanceOf(Function);
    });

    it('tells of everybody at first, each page beginning where the last one ended', async () => {
      const created = [await bench.create(1), await bench.create(2), await bench.create(3)];
      const { records } = (await poll(bench.client, null)) ?? { records: created };
      expect(idsOf(records)).toEqual(idsOf(created));
    });

    it('tells of what was created and edited since, by whomever, page by page', async () => {
      const old = [await bench.create(1), await bench.create(2), await bench.create(3)];
      const first = await poll(bench.client, null);
      if (first === null) return;
      const created = [await bench.create(4), await bench.create(5)];
      const [edited, updated] = [old[0]?.externalId ?? '', old[1]?.externalId ?? ''];
      await subject.edit(bench.sandbox, edited, { unmapped: 'theirs', addTag: 'vip' });
      await bench.client.update(updated, { ...noChange, set: { familyName: 'King' } }, { version: null });
      const told = (await poll(bench.client, first.since))?.records ?? [];
      expect(idsOf(told)).toEqual(expect.arrayContaining([...idsOf(created), edited, updated]));
      for (const record of told.filter(({ complete }) => complete)) {
        expect(await bench.client.read(record.externalId)).toEqual(record);
      }
    });

    it('goes on from one poll to the next, with nothing lost where nothing happened', async () => {
      const first = await poll(bench.client, null);
      if (first === null) return;
      let { since } = first;
      for (let idle = 0; idle < 3; idle += 1) since = (await poll(bench.client, since))?.since ?? null;
      const { externalId } = await bench.create(1);
      expect(idsOf((await poll(bench.client, since))?.records ?? [])).toEqual([externalId]);
    });

    it('tells of what was deleted if it can, and never of anything else as deleted', async () => {
      const [gone] = [await bench.create(1), await bench.create(2)];
      const first = await poll(bench.client, null);
      if (first === null) return;
      await subject.remove(bench.sandbox, gone.externalId);
      const told = await poll(bench.client, first.since);
      expect(told?.deleted).toEqual(subject.reportsDeletions ? [gone.externalId] : []);
    });

    it('says that it no longer knows from where we ask, if that can be', async () => {
      await bench.create(1);
      const first = await poll(bench.client, null);
      if (first === null || subject.expire === undefined) return;
      await subject.expire(bench.sandbox);
      await expect(poll(bench.client, first.since)).rejects.toBeInstanceOf(errors.ExpiredCursorError);
      expect((await poll(bench.client, null))?.records).toHaveLength(1);
    });
  });
}

interface Poll {
  records: ProviderRecord[];
  deleted: string[];
  since: string | null;
}

/** All pages of one poll; null where the provider cannot be asked. */
async function poll(client: ProviderClient, since: string | null): Promise<Poll | null> {
  if (client.changes === undefined) return null;
  const told: Poll = { records: [], deleted: [], since: null };
  let cursor: string | null = null;
  do {
    const page = await client.changes({ since, cursor });
    told.records.push(...page.records);
    told.deleted.push(...page.deleted);
    cursor = page.cursor;
    // Only the last page says where to go on: a poll that ends early is begun again.
    expect(page.since === null).toBe(cursor !== null);
    told.since = page.since;
  } while (cursor !== null);
  return told;
}

/** A poll may tell of one twice. */
function idsOf(records: readonly ProviderRecord[]): string[] {
  return [...new Set(records.map(({ externalId }) => externalId))].sort();
}
