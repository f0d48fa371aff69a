import type { Figure, Row } from '#bench/measure/figure.ts';
import { sum } from '#bench/measure/statistics.ts';
import { canReadUsage, readMemory } from '#bench/measure/usage.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { runFullPass } from '#bench/setup/full-pass.ts';
import { startEmptySandboxes, startOwn } from '#bench/setup/own-processes.ts';
import { isOfOne, isWrite, openRequestLog } from '#bench/setup/request-log.ts';
import { createSyncedStore, type SyncedStore } from '#bench/setup/synced-store.ts';
import { callJson } from '#dev/call-json.ts';
import { waitUntil } from '#dev/wait-until.ts';

const providers = ['gohighlevel', 'calltools', 'square', 'google'] as const;
const taskQueuePrefix = 'nightly';

interface Pass {
  seconds: number;
  writes: number;
  reads: number;
  lists: number;
  unchanged: number;
  peakMB: number;
}

/** A full pass over as many contacts as a Google account holds, which are 25,000. */
export function nightlyPass(bench: Bench): Promise<Figure> {
  return measureSizes(bench, bench.quick ? [500, 5_000] : [2_500, 25_000]);
}

/** The same with 100,000 contacts in each account: in Google's sandbox more than a real account takes. */
export function largeNightlyPass(bench: Bench): Promise<Figure> {
  return measureSizes(bench, bench.quick ? [5_000, 50_000] : [10_000, 100_000]);
}

/** A full pass without changes: its calls, and its memory with ten times as many contacts. */
async function measureSizes(bench: Bench, [few, many]: [few: number, many: number]): Promise<Figure> {
  await using cleanUp = new AsyncDisposableStack();
  const sandboxes = cleanUp.adopt(await startEmptySandboxes(bench), (each) => each.stop());
  await callJson(`${sandboxes.accounts.google.control}/settings`, { method: 'PATCH', body: { contactLimit: many } });
  const database = await bench.createDatabase(`bench_nightly_${many}`);
  const store = cleanUp.adopt(createSyncedStore(bench, database, sandboxes.accounts), (each) => each.close());
  const measure = async (count: number) => {
    await store.fill(count);
    return measurePass(bench, { database, store });
  };
  const small = await measure(few);
  const large = await measure(many);
  const records = many * providers.length;
  const memory: Row = {
    label: 'peak worker memory',
    ours: large.peakMB,
    unit: 'MB',
    floor: { label: `${few.toLocaleString('en')} contacts`, value: small.peakMB },
    goal: { max: 1.2 },
  };
  return {
    title: `Nightly pass over ${many.toLocaleString('en')} contacts × ${providers.length} providers, nothing changed`,
    rows: [
      { label: 'writes', ours: large.writes, unit: '', goal: { max: 0 } },
      { label: 'reads of single contacts', ours: large.reads, unit: '', goal: { max: 0 } },
      { label: 'list calls', ours: large.lists, unit: '' },
      ...(canReadUsage ? [memory] : []),
      { label: 'records compared per second', ours: records / large.seconds, unit: '/s' },
    ],
    notes: [
      `${large.unchanged.toLocaleString('en')} of ${records.toLocaleString('en')} records unchanged in ${large.seconds.toFixed(1)} s`,
    ],
  };
}

/** Uses a fresh worker, so that its peak memory is that of the pass. */
async function measurePass(bench: Bench, { database, store }: { database: string; store: SyncedStore }): Promise<Pass> {
  const dialer = await openRequestLog(store.accounts.calltools);
  const worker = await startOwn(bench, 'worker', {
    database,
    sandboxes: store.accounts,
    providers: 'all',
    env: { TASK_QUEUE_PREFIX: taskQueuePrefix },
  });
  try {
    // A worker that starts reads one contact of the dialer, to find fields that the account lacks.
    const check = async () => {
      if (!(await dialer.next()).some(isOfOne)) throw new Error('no contact was read');
    };
    await waitUntil('the check of fields', check, { timeoutMs: 120_000 });
    const logs = await Promise.all(providers.map((provider) => openRequestLog(store.accounts[provider])));
    const startedAt = performance.now();
    const counts = await Promise.all(providers.map((provider) => runFullPass(bench.temporal, provider, taskQueuePrefix)));
    const seconds = (performance.now() - startedAt) / 1_000;
    const requests = (await Promise.all(logs.map((log) => log.next()))).flat();
    return {
      seconds,
      writes: requests.filter(isWrite).length,
      lists: requests.filter((request) => !isWrite(request) && !isOfOne(request)).length,
      reads: requests.filter((request) => !isWrite(request) && isOfOne(request)).length,
      unchanged: sum(counts.map(({ unchanged }) => unchanged)),
      peakMB: canReadUsage ? (await readMemory(worker.pid)).peak : 0,
    };
  } finally {
    await worker.stop();
  }
}
