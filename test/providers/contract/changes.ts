import { describe, expect, it } from '@jest/globals';
import * as errors from '#providers/errors.ts';
import type { ProviderClient, ProviderRecord } from '#providers/provider.ts';
import { noChange } from './people.ts';
import type { ContractBench } from './subject.ts';

/** A poll may return more changes than there were, and must not miss one. */
export function describeChanges(bench: ContractBench): void {
  const { provider, subject } = bench;

  describe(`${provider.name}: changes`, () => {
    it('has `changes` if it has a polling schedule', () => {
      if (provider.pollSchedule !== undefined) expect(bench.client.changes).toBeInstanceOf(Function);
    });

    it('returns all records in the first poll, each page starting at the end of the previous one', async () => {
      const created = [await bench.create(1), await bench.create(2), await bench.create(3)];
      const { records } = (await poll(bench.client, null)) ?? { records: created };
      expect(idsOf(records)).toEqual(idsOf(created));
    });

    it('returns records created and edited since, our own writes included, page by page', async () => {
      const old = [await bench.create(1), await bench.create(2), await bench.create(3)];
      const first = await poll(bench.client, null);
      if (first === null) return;
      const created = [await bench.create(4), await bench.create(5)];
      const [edited, updated] = [old[0]?.externalId ?? '', old[1]?.externalId ?? ''];
      await subject.edit(bench.sandbox, edited, { unmapped: 'theirs', addTag: 'vip' });
      await bench.client.update(updated, { ...noChange, set: { familyName: 'King' } }, { version: null });
      const changed = (await poll(bench.client, first.since))?.records ?? [];
      expect(idsOf(changed)).toEqual(expect.arrayContaining([...idsOf(created), edited, updated]));
      for (const record of changed.filter(({ complete }) => complete)) {
        expect(await bench.client.read(record.externalId)).toEqual(record);
      }
    });

    it('loses no change after idle polls', async () => {
      const first = await poll(bench.client, null);
      if (first === null) return;
      let { since } = first;
      for (let idle = 0; idle < 3; idle += 1) since = (await poll(bench.client, since))?.since ?? null;
      const { externalId } = await bench.create(1);
      expect(idsOf((await poll(bench.client, since))?.records ?? [])).toEqual([externalId]);
    });

    it('reports deleted records, if supported, and no others', async () => {
      const [gone] = [await bench.create(1), await bench.create(2)];
      const first = await poll(bench.client, null);
      if (first === null) return;
      await subject.remove(bench.sandbox, gone.externalId);
      const next = await poll(bench.client, first.since);
      expect(next?.deleted).toEqual(subject.reportsDeletions ? [gone.externalId] : []);
    });

    it('throws ExpiredCursorError for an expired position, if positions can expire', async () => {
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

/** Reads all pages of one poll; null if the provider has no `changes`. */
async function poll(client: ProviderClient, since: string | null): Promise<Poll | null> {
  if (client.changes === undefined) return null;
  const result: Poll = { records: [], deleted: [], since: null };
  let cursor: string | null = null;
  do {
    const page = await client.changes({ since, cursor });
    result.records.push(...page.records);
    result.deleted.push(...page.deleted);
    cursor = page.cursor;
    // Only the last page has `since`: an interrupted poll starts over.
    expect(page.since === null).toBe(cursor !== null);
    result.since = page.since;
  } while (cursor !== null);
  return result;
}

/** A poll may return a record twice. */
function idsOf(records: readonly ProviderRecord[]): string[] {
  return [...new Set(records.map(({ externalId }) => externalId))].sort();
}
