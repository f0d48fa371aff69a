import type { Figure, Row } from '#bench/measure/figure.ts';
import { canReadUsage, readMemory } from '#bench/measure/usage.ts';
import { createKey } from '#bench/setup/asked-api.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { fillStore } from '#bench/setup/filled-store.ts';
import { startOwn } from '#bench/setup/own-processes.ts';

interface Planned {
  lines: number;
  seconds: number;
  peakMB: number;
}

/** The plan of very many contacts of one account for three others, streamed as CSV: its memory with ten times as many contacts. */
export async function largePlan(bench: Bench): Promise<Figure> {
  const [few, many] = bench.quick ? [1_000, 10_000] : [10_000, 100_000];
  const small = await measure(bench, few);
  const large = await measure(bench, many);
  const memory: Row = {
    label: 'peak api memory while the plan streams',
    ours: large.peakMB,
    unit: 'MB',
    floor: { label: `${few.toLocaleString('en')} contacts`, value: small.peakMB },
    goal: { max: 1.2 },
  };
  return {
    title: `Plan of ${many.toLocaleString('en')} contacts, as a CSV file`,
    rows: [...(canReadUsage ? [memory] : []), { label: 'contacts planned per second', ours: many / large.seconds, unit: '/s' }],
    notes: [`${large.lines.toLocaleString('en')} lines in ${large.seconds.toFixed(1)} s`],
  };
}

/** Uses a fresh api, so that its peak memory is that of the plan. */
async function measure(bench: Bench, contacts: number): Promise<Planned> {
  const database = await bench.createDatabase(`bench_plan_${contacts}`);
  const { locationId: accountId } = bench.stack.sandboxes.gohighlevel;
  await fillStore(database, { contacts, events: 0, accountId, prefix: 'planned-' });
  const key = await createKey(database);
  const api = await startOwn(bench, 'api', { database, providers: 'all', env: { TASK_QUEUE_PREFIX: 'nobody' } });
  try {
    const startedAt = performance.now();
    const response = await fetch(`${api.url}/api/v1/plan/entries`, { headers: { authorization: `Bearer ${key}` } });
    if (!response.ok || response.body === null) throw new Error(`The api answered the plan with ${response.status}`);
    let lines = 0;
    for await (const chunk of response.body) lines += countLines(chunk);
    const seconds = (performance.now() - startedAt) / 1_000;
    return { lines, seconds, peakMB: canReadUsage ? (await readMemory(api.pid)).peak : 0 };
  } finally {
    await api.stop();
  }
}

function countLines(chunk: Uint8Array): number {
  return chunk.reduce((lines, byte) => (byte === 10 ? lines + 1 : lines), 0);
}
