import type { Figure, Row } from '#bench/measure/figure.ts';
import { canReadUsage, readMemory } from '#bench/measure/usage.ts';
import { createKey } from '#bench/setup/asked-api.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { columns, fillForCsv } from '#bench/setup/csv-people.ts';
import { startOwn } from '#bench/setup/own-processes.ts';
import { openDatabase } from '#db/database.ts';
import { addAccounts } from '#db/sync/account-modes.ts';
import { callJson } from '#dev/call-json.ts';
import { waitUntil } from '#dev/wait-until.ts';

const root = '/api/v1/imports';
const taskQueuePrefix = 'csv';

interface Import {
  id: string;
  state: string;
  error: string | null;
  checked: Record<string, number>;
  imported: Record<string, number>;
}

interface Measured {
  megabytes: number;
  sendSeconds: number;
  dryRunSeconds: number;
  importSeconds: number;
  apiMB: number;
  workerMB: number;
  imported: Record<string, number>;
}

/** A CSV file of people of whom half are known: its dry run, its import, and the memory of both with ten times as many rows. */
export async function csvImport(bench: Bench): Promise<Figure> {
  const [few, many] = bench.quick ? [200, 2_000] : [10_000, 100_000];
  const small = await measure(bench, few);
  const large = await measure(bench, many);
  const floorLabel = `${few.toLocaleString('en')} rows`;
  const toMemory = (label: string, of: (measured: Measured) => number): Row => ({
    ...{ label, ours: of(large), unit: 'MB' },
    ...{ floor: { label: floorLabel, value: of(small) }, goal: { max: 1.2 } },
  });
  const memory = [toMemory('peak api memory', ({ apiMB }) => apiMB), toMemory('peak worker memory', ({ workerMB }) => workerMB)];
  const counts = Object.entries(large.imported).flatMap(([outcome, count]) => (count > 0 ? `${count} ${outcome}` : []));
  return {
    title: `A CSV file of ${many.toLocaleString('en')} people, half of them known`,
    rows: [
      { label: 'dry run', ours: large.dryRunSeconds, unit: 's', goal: { max: 60 } },
      { label: 'import', ours: large.importSeconds, unit: 's' },
      { label: 'rows imported per second', ours: many / large.importSeconds, unit: '/s' },
      ...(canReadUsage ? memory : []),
    ],
    notes: [`${large.megabytes.toFixed(1)} MB, sent in ${large.sendSeconds.toFixed(1)} s; ${counts.join(', ')}`],
  };
}

/** Uses a fresh api and worker, so that their peak memory is that of the import. The accounts are observed: no vendor is measured. */
async function measure(bench: Bench, rows: number): Promise<Measured> {
  await using cleanUp = new AsyncDisposableStack();
  const database = await bench.createDatabase(`bench_csv_${rows}`);
  const file = await fillForCsv(bench, database, rows);
  const db = cleanUp.adopt(openDatabase({ url: database, poolSize: 1 }), (each) => each.destroy());
  await addAccounts(db, ['gohighlevel', 'calltools', 'square', 'google'], 'observe');
  const key = await createKey(database);
  const own = { database, providers: 'all', env: { TASK_QUEUE_PREFIX: `${taskQueuePrefix}${rows}` } } as const;
  const worker = cleanUp.adopt(await startOwn(bench, 'worker', own), (each) => each.stop());
  const api = cleanUp.adopt(await startOwn(bench, 'api', own), (each) => each.stop());
  const headers = { authorization: `Bearer ${key}` };
  const { id, seconds: sendSeconds } = await send(`${api.url}${root}`, headers, file);
  const at = `${api.url}${root}/${id}`;
  const checked = await run(at, headers, 'checked');
  const imported = await run(at, headers, 'completed');
  const peakOf = async (pid: number) => (canReadUsage ? (await readMemory(pid)).peak : 0);
  return {
    ...{ megabytes: file.length / 1_000_000, sendSeconds },
    ...{ dryRunSeconds: checked.seconds, importSeconds: imported.seconds, imported: imported.import.imported },
    ...{ apiMB: await peakOf(api.pid), workerMB: await peakOf(worker.pid) },
  };
}

/** Announces a dry run of the file, and sends its pieces. */
async function send(url: string, headers: Record<string, string>, file: Buffer): Promise<{ id: string; seconds: number }> {
  const startedAt = performance.now();
  const body = { fileName: 'people.csv', isDryRun: true, mapping: { columns } };
  const { data } = await callJson<{ data: { import: Import; partBytes: number } }>(url, { method: 'POST', body, headers });
  for (let number = 1, from = 0; from < file.length; number += 1, from += data.partBytes) {
    const response = await fetch(`${url}/${data.import.id}/parts/${number}`, {
      method: 'PUT',
      headers: { ...headers, 'content-type': 'application/octet-stream' },
      body: Uint8Array.from(file.subarray(from, from + data.partBytes)),
    });
    if (!response.ok) throw new Error(`Piece ${number} was answered with ${response.status}`);
  }
  return { id: data.import.id, seconds: (performance.now() - startedAt) / 1_000 };
}

/** Starts what comes next. Returns the import, and the seconds until it is in the state. */
async function run(
  at: string,
  headers: Record<string, string>,
  state: 'checked' | 'completed',
): Promise<{ import: Import; seconds: number }> {
  const startedAt = performance.now();
  await callJson(`${at}/start`, { method: 'POST', headers });
  let shown: Import | undefined;
  const check = async () => {
    shown = (await callJson<{ data: { import: Import } }>(at, { headers })).data.import;
    if (shown.state !== state) throw new Error(`It is ${shown.state} ${shown.error ?? ''}`);
  };
  await waitUntil(`the import to be ${state}`, check, { timeoutMs: 40 * 60_000, everyMs: 100 });
  if (!shown) throw new Error('The import was never read');
  return { import: shown, seconds: (performance.now() - startedAt) / 1_000 };
}
