import { beforeAll, expect, it } from '@jest/globals';
import { reconcilePage } from '#activities/passes/reconcile-page.ts';
import { completeRun, failRun, startRun } from '#activities/passes/reconcile-run.ts';
import { listRuns } from '#db/sync/reconcile-runs.ts';
import { UnavailableError } from '#providers/errors.ts';
import type { RecordPage } from '#providers/provider.ts';
import { useHub } from '#test/activities/contact/hub.ts';

const hub = useHub();
const provider = 'square';

interface Known {
  id: string;
  linkId: string;
  contactId: string;
}

/** Customers of Square that have been known for long, so that a listing must have them. */
let known: Known[];
beforeAll(async () => {
  known = [];
  for (let count = 0; count < 8; count += 1) known.push(await hub.read(provider));
  await hub.accord.db
    .updateTable('link')
    .set({ created_at: new Date('2026-01-01') })
    .execute();
});

/** Runs a full pass whose listing is changed, page by page of one customer. */
async function pass(change: (page: RecordPage, number: number) => RecordPage, options: { acceptsLoss?: boolean } = {}) {
  hub.announced.length = 0;
  // Nobody is pushed to the others here, and a pass also takes up what is unfinished.
  await hub.accord.db.updateTable('contact').set({ sync_status: 'synced' }).execute();
  const { records, ...rest } = await hub.accord.clients[provider].list({ cursor: null });
  const pages = records.map((record, at) => ({
    ...rest,
    total: null,
    records: [record],
    cursor: at + 1 < records.length ? `${at + 1}` : null,
  }));
  const deps = hub.depsWith(provider, () => ({
    list: async ({ cursor }) => change(pages[Number(cursor ?? 0)] as RecordPage, Number(cursor ?? 0)),
    // The listing alone is in doubt.
    readMany: async (ids) => ids.map(() => null),
  }));
  const runId = await startRun(deps, { provider, trigger: 'test', workflowId: 'test', workflowRunId: 'test' });
  try {
    let cursor: string | null = null;
    do ({ cursor } = await reconcilePage(deps, { runId, provider, cursor, cause: 'test' }, {}, () => {}));
    while (cursor !== null);
    await completeRun(deps, { runId, provider, ...options });
  } catch (error) {
    await failRun(deps, { runId });
    throw error;
  }
  const [run] = await listRuns(hub.accord.db, { limit: 1 });
  return { run, toRead: hub.announced.flatMap(({ observe }) => observe.map(({ linkId }) => linkId)) };
}

const without = (page: RecordPage, lacks: readonly Known[]): RecordPage => ({
  ...page,
  records: page.records.filter(({ externalId }) => !lacks.some(({ id }) => id === externalId)),
});

it('a listing that fails on its third page has no consequences', async () => {
  const failing = pass((page, number) => {
    if (number === 2) throw new UnavailableError({ provider, operation: 'list customers', message: 'Down.' });
    return page;
  });
  await expect(failing).rejects.toThrow('Down.');
  expect(hub.announced).toEqual([]);
  expect(await listRuns(hub.accord.db, { limit: 1 })).toMatchObject([{ outcome: 'failed', doubt: null }]);
});

it('an empty listing has no consequences, and somebody is told', async () => {
  const { run, toRead } = await pass((page) => ({ ...page, records: [], cursor: null }));
  expect(toRead).toEqual([]);
  expect(run).toMatchObject({ outcome: 'completed', doubt: 'empty', counts: { missing: known.length, found: known.length } });
  const totals = await hub.accord.db.selectFrom('webhook_total').selectAll().where('label', '=', 'deletes.stopped').execute();
  expect(totals).toMatchObject([{ total: '1' }]);
});

it('a listing that lacks too many records stops their deletion and no update, until somebody says that they are gone', async () => {
  const [first, ...lacking] = known as [Known, ...Known[]];
  const lost = lacking.slice(0, 6);
  await hub.edit(provider, { note: 'Prefers mornings' }, first.id);
  const { run, toRead } = await pass((page) => without(page, lost));
  expect(toRead).toEqual([first.linkId]);
  expect(run).toMatchObject({ doubt: 'loss', counts: { missing: 6, found: 7, drifted: 1 }, remaining_now: 7 });
  await hub.observe(first);
  expect((await listRuns(hub.accord.db, { limit: 1 }))[0]?.remaining_now).toBe(6);
  const accepted = await pass((page) => without(page, lost), { acceptsLoss: true });
  expect(accepted.toRead.toSorted()).toEqual(lost.map(({ linkId }) => linkId).toSorted());
  expect(accepted.run).toMatchObject({ doubt: null });
});

it('a listing that lacks a few is followed by reads by id', async () => {
  const lost = known.slice(0, 2);
  const { run, toRead } = await pass((page) => without(page, lost));
  expect(toRead.toSorted()).toEqual(lost.map(({ linkId }) => linkId).toSorted());
  expect(run).toMatchObject({ doubt: null, counts: { missing: 2 } });
});
