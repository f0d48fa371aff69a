import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { claimLink, saveLink } from '#db/contacts/links.ts';
import {
  addToRun,
  countDrift,
  countLinked,
  finishRun,
  insertRun,
  listMissingLinks,
  listRuns,
  markMissingLinks,
  markSeen,
} from '#db/sync/reconcile-runs.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { eventually } from '#test/setup/eventually.ts';

const store = useDatabase();

const newRun = (accountId: string) =>
  insertRun(store.db, { provider: 'gohighlevel', accountId, trigger: 'api', workflowId: 'w', workflowRunId: 'r' });
const newAccount = () => randomUUIDv7();

/** A linked record of an account, known for an hour. */
async function knownLink(accountId: string): Promise<string> {
  const { id } = await claimLink(store.db, { provider: 'gohighlevel', accountId, externalId: randomUUIDv7() });
  await store.db
    .updateTable('link')
    .set({ created_at: new Date(Date.now() - 3_600_000) })
    .where('id', '=', id)
    .execute();
  return id;
}

async function missing(runId: string): Promise<string[]> {
  const count = await markMissingLinks(store.db, runId);
  const links = await listMissingLinks(store.db, runId, { after: null, limit: 100 });
  expect(links).toHaveLength(count);
  return links.map(({ linkId }) => linkId);
}

const saw = (linkIds: string[], drifted: string[] = []) => ({ linkIds, drifted: new Set(drifted) });

describe('a missing link', () => {
  it('existed before the run and is on none of its pages', async () => {
    const account = newAccount();
    const links = [await knownLink(account), await knownLink(account), await knownLink(account)];
    const runId = await newRun(account);
    await markSeen(store.db, runId, saw([links[0] as string]));
    expect(await missing(runId)).toEqual(links.slice(1).toSorted());
  });

  it('is older than the lag of a listing', async () => {
    const account = newAccount();
    await claimLink(store.db, { provider: 'gohighlevel', accountId: account, externalId: randomUUIDv7() });
    expect(await missing(await newRun(account))).toEqual([]);
  });

  it('belongs to the account of the run and is linked', async () => {
    const account = newAccount();
    await knownLink(newAccount());
    const gone = await knownLink(account);
    await saveLink(store.db, gone, { state: 'tombstoned' });
    expect(await missing(await newRun(account))).toEqual([]);
    expect(await countLinked(store.db, 'gohighlevel', account)).toBe(0);
  });

  it('is found by the pages of its own run, even if one is read twice', async () => {
    const account = newAccount();
    const link = await knownLink(account);
    const [one, other] = [await newRun(account), await newRun(account)];
    await markSeen(store.db, one, saw([link]));
    await markSeen(store.db, one, saw([link]));
    expect([await missing(one), await missing(other)]).toEqual([[], [link]]);
  });
});

describe('the drift of a run', () => {
  it('remains until each record was read again, and stays in the counts of the run when the next one ends', async () => {
    const account = newAccount();
    const links = [await knownLink(account), await knownLink(account), await knownLink(account)];
    const runId = await newRun(account);
    await markSeen(store.db, runId, saw(links.slice(0, 2), [links[1] as string]));
    await markMissingLinks(store.db, runId);
    expect(await countDrift(store.db, runId)).toEqual({ found: 2, remaining: 2 });
    await finishRun(store.db, runId, { outcome: 'completed' });
    const remainingNow = async () => (await listRuns(store.db, { limit: 100 })).find(({ id }) => id === runId)?.remaining_now;
    expect(await remainingNow()).toBe(2);
    await saveLink(store.db, links[1] as string, { observed_at: new Date(Date.now() + 1_000) });
    expect(await remainingNow()).toBe(1);
    await finishRun(store.db, await newRun(account), { outcome: 'completed' });
    const [row] = (await listRuns(store.db, { limit: 100 })).filter(({ id }) => id === runId);
    expect(row).toMatchObject({ remaining_now: null, counts: { remaining: 1 } });
  });
});

describe('a run', () => {
  it('adds up counts that arrive concurrently', async () => {
    const runId = await newRun(newAccount());
    await Promise.all(Array.from({ length: 20 }, () => addToRun(store.db, runId, { listed: 3, pushed: 1 })));
    expect(await addToRun(store.db, runId, { total: 60 })).toMatchObject({ total: 60, listed: 60, pushed: 20, failed: 0 });
    expect(await addToRun(store.db, runId, { listed: 1 })).toMatchObject({ total: 60, listed: 61 });
  });

  it('removes the links that it has seen when it ends', async () => {
    const account = newAccount();
    const runId = await newRun(account);
    await markSeen(store.db, runId, saw([await knownLink(account)]));
    await finishRun(store.db, runId, { outcome: 'failed' });
    expect(await store.db.selectFrom('reconcile_seen').selectAll().where('run_id', '=', runId).execute()).toEqual([]);
    const rows = await listRuns(store.db, { provider: 'gohighlevel', limit: 100 });
    expect(rows.find(({ id }) => id === runId)).toMatchObject({ outcome: 'failed', finished_at: expect.any(Date) });
  });

  it('is listed, the newest first', async () => {
    const older = await newRun(newAccount());
    // UUIDv7 ids of one millisecond have no order, so the second run is made in a later one.
    const newer = await eventually(async () => {
      const id = await newRun(newAccount());
      expect(id.slice(0, 13) > older.slice(0, 13)).toBe(true);
      return id;
    });
    const listed = (await listRuns(store.db, { limit: 100 })).map(({ id }) => id);
    expect(listed[0]).toBe(newer);
    expect(listed).toContain(older);
    expect(listed).toEqual(listed.toSorted().toReversed());
    expect(await listRuns(store.db, { provider: 'square', limit: 2 })).toEqual([]);
  });
});
