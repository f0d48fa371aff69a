import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as errors from '#providers/errors.ts';
import type { ChangePage, ProviderClient, ProviderRecord } from '#providers/provider.ts';
import { noChange } from '#test/providers/provider-contract.ts';
import { refusalOf, startBench } from './setup.ts';

let bench: Awaited<ReturnType<typeof startBench>>;
beforeAll(async () => {
  bench = await startBench();
});
beforeEach(() => bench.sandbox.reset());
afterAll(() => bench.close());

const dayMs = 86_400_000;

async function poll(client: ProviderClient, since: string | null) {
  const changes = { records: [] as ProviderRecord[], deleted: [] as string[], since: null as string | null };
  let cursor: string | null = null;
  do {
    const page: ChangePage | undefined = await client.changes?.({ since, cursor });
    changes.records.push(...(page?.records ?? []));
    changes.deleted.push(...(page?.deleted ?? []));
    changes.since = page?.since ?? null;
    cursor = page?.cursor ?? null;
  } while (cursor !== null);
  return changes;
}

describe('changes of Google', () => {
  it('are complete although they appear late', async () => {
    await bench.sandbox.patchSettings({ propagationDelayMs: 60_000 });
    const client = bench.connect();
    const { since } = await poll(client, null);
    const [name] = await bench.people({ names: [{ givenName: 'Ada' }] });
    const early = await poll(client, since);
    expect(early.records).toEqual([]);
    await bench.advance(60_000);
    const late = await poll(client, early.since);
    expect(late.records).toEqual([await client.read(name as string)]);
  });

  it.each(['failedPrecondition', 'invalidArgument', 'messageOnly', 'gone'])(
    'expire seven days after the full listing, reported as %s',
    async (expiredSyncToken) => {
      await bench.sandbox.patchSettings({ expiredSyncToken });
      await bench.people({ names: [{ givenName: 'Ada' }] });
      const client = bench.connect();
      const { since } = await poll(client, null);
      await bench.advance(7 * dayMs - 60_000);
      expect((await poll(client, since)).records).toEqual([]);
      await bench.advance(60_000);
      await expect(poll(client, since)).rejects.toBeInstanceOf(errors.ExpiredCursorError);
      expect((await poll(client, null)).records).toHaveLength(1);
    },
  );

  it('report a renamed contact, and not as deleted', async () => {
    const client = bench.connect();
    const [before, other] = (await bench.people({ names: [{ givenName: 'Ada' }] }, { names: [{ givenName: 'Bo' }] })) as [
      string,
      string,
    ];
    const { since } = await poll(client, null);
    const { renamed } = (await bench.sandbox.change({ rename: [before], delete: [other] })) as {
      renamed: Record<string, string>;
    };
    const changes = await poll(client, since);
    expect(changes.deleted).toEqual([other]);
    expect(new Set(changes.records.map(({ externalId }) => externalId))).toEqual(new Set([renamed[before]]));
    for (const { replaces } of changes.records) expect(replaces).toEqual([before]);
  });

  it('report a renamed contact whose names appear on different pages', async () => {
    const client = bench.connect({ account: { pageSize: 1 } });
    const [before] = (await bench.people({ names: [{ givenName: 'Ada' }] })) as [string];
    const { since } = await poll(client, null);
    const { renamed } = (await bench.sandbox.change({ rename: [before] })) as { renamed: Record<string, string> };
    const changes = await poll(client, since);
    expect(changes.deleted).toEqual([]);
    expect(changes.records).toHaveLength(2);
    for (const record of changes.records) expect(record).toMatchObject({ externalId: renamed[before], replaces: [before] });
  });

  it('report a deleted contact although a late read still returns it', async () => {
    const client = bench.connect();
    const [name] = (await bench.people({ names: [{ givenName: 'Ada' }] })) as [string];
    const { since } = await poll(client, null);
    const person = await bench.person(name);
    await bench.sandbox.change({ delete: [name] });
    const body = { responses: [{ requestedResourceName: name, person, httpStatusCode: 200 }] };
    await bench.sandbox.addFault({ path: '**/people:batchGet', status: 200, body, times: 1 });
    expect(await poll(client, since)).toMatchObject({ records: [], deleted: [name] });
  });

  it('report the loser of a merge as deleted', async () => {
    const client = bench.connect();
    const [winner, loser] = (await bench.people({ names: [{ givenName: 'Ada' }] }, { names: [{ givenName: 'Ada' }] })) as [
      string,
      string,
    ];
    const { since } = await poll(client, null);
    await bench.sandbox.change({ merge: [{ into: winner, from: [loser] }] });
    const changes = await poll(client, since);
    expect(changes.deleted).toEqual([loser]);
    expect(changes.records.map(({ externalId }) => externalId)).toEqual([winner]);
  });

  it('expire when the settings change', async () => {
    const { since } = await poll(bench.connect(), null);
    await expect(poll(bench.connect({ account: { pageSize: 100 } }), since)).rejects.toBeInstanceOf(errors.ExpiredCursorError);
  });

  it("expire with another account's token", async () => {
    const { since } = await poll(bench.connect(), null);
    const forged = `${since?.split(' ')[0]} bm9ib2R5cw`;
    await expect(poll(bench.connect(), forged)).rejects.toBeInstanceOf(errors.ExpiredCursorError);
    const listing = bench.connect().changes?.({ since: null, cursor: 'bm9ib2R5cw' });
    await expect(listing).rejects.toBeInstanceOf(errors.ExpiredCursorError);
  });

  it('include our own writes unchanged', async () => {
    const client = bench.connect();
    const { since } = await poll(client, null);
    const { record } = await client.create({ ...noChange, set: { givenName: 'Ada' } }, { reference: 'ref-1' });
    expect((await poll(client, since)).records).toEqual([record]);
  });

  it('respect the quota of full listings', async () => {
    await bench.sandbox.patchSettings({ fullSyncsPerMinute: 0 });
    expect(await refusalOf(poll(bench.connect(), null))).toMatchObject({ name: 'RateLimitError', retryAfterSeconds: 60 });
  });
});
