import type { Figure, Row } from '../measure/figure.ts';
import { sum } from '../measure/statistics.ts';
import { canReadUsage, readMemory } from '../measure/usage.ts';
import type { Bench } from '../setup/bench.ts';
import { runFullPass } from '../setup/full-pass.ts';
import { startEmptySandboxes, startOwn } from '../setup/own-processes.ts';
import { isOfOne, isWrite, openRequestLog } from '../setup/request-log.ts';
import { createSyncedStore, type SyncedStore } from '../setup/synced-store.ts';

const providers = ['gohighlevel', 'calltools'] as const;
const taskQueuePrefix = 'nightly';

interface Pass {
  seconds: number;
  writes: number;
  reads: number;
  lists: number;
  unchanged: number;
  peakMB: number;
}

/** A pass over everything while nothing has changed: what it calls, and what memory it takes as contacts grow tenfold. */
export async function nightlyPass(bench: Bench): Promise<Figure> {
  const [few, many] = bench.quick ? [2_000, 20_000] : [10_000, 100_000];
  await using cleanUp = new AsyncDisposableStack();
  const sandboxes = cleanUp.adopt(await startEmptySandboxes(bench), (each) => each.stop());
  const database = await bench.createDatabase('bench_nightly');
  const store = cleanUp.adopt(createSyncedStore(database, sandboxes.accounts), (each) => each.close());
  const measure = async (count: number) => {
    await store.fill(count);
    return measurePass(bench, { database, store });
  };
  const small = await measure(few);
  const large = await measure(many);
  const memory: Row = {
    what: 'worker memory at its peak',
    ours: large.peakMB,
    unit: 'MB',
    floor: { what: `${few.toLocaleString('en')} contacts`, value: small.peakMB },
    goal: { atMost: 1.2 },
  };
  return {
    title: `Nightly pass over ${many.toLocaleString('en')} contacts × 2 providers, nothing changed`,
    rows: [
      { what: 'writes', ours: large.writes, unit: '', goal: { atMost: 0 } },
      { what: 'reads of single contacts', ours: large.reads, unit: '', goal: { atMost: 0 } },
      { what: 'list calls', ours: large.lists, unit: '' },
      ...(canReadUsage ? [memory] : []),
      { what: 'contacts compared a second', ours: (many * 2) / large.seconds, unit: '/s' },
    ],
    notes: [
      `${large.unchanged.toLocaleString('en')} of ${(many * 2).toLocaleString('en')} records found unchanged in ${large.seconds.toFixed(1)} s`,
    ],
  };
}

/** By a worker that has done nothing else. */
async function measurePass(bench: Bench, { database, store }: { database: string; store: SyncedStore }): Promise<Pass> {
  const worker = await startOwn(bench, 'worker', {
    database,
    sandboxes: store.accounts,
    env: { TASK_QUEUE_PREFIX: taskQueuePrefix },
  });
  try {
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
