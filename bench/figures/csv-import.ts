import type { Figure, Row } from '#bench/measure/figure.ts';
import { type CpuUse, canReadUsage, cpuDuring, readMemory } from '#bench/measure/usage.ts';
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

interface Checked {
  megabytes: number;
  sendSeconds: number;
  dryRunSeconds: number;
  /** During the dry run. */
  cpu: CpuUse[];
  apiMB: number;
  workerMB: number;
}

interface Imported extends Checked {
  importSeconds: number;
  imported: Record<string, number>;
}

/** A CSV file of people of whom half are known: its dry run, its import, and the memory of both with ten times as many rows. */
export async function csvImport(bench: Bench): Promise<Figure> {
  const [few, many] = sizes(bench);
  const small = await inFreshProcesses(bench, few, importFile);
  const large = await inFreshProcesses(bench, many, importFile);
  const counts = Object.entries(large.imported).flatMap(([outcome, count]) => (count > 0 ? `${count} ${outcome}` : []));
  return {
    title: `A CSV file of ${many.toLocaleString('en')} people, half of them known`,
    rows: [
      ...dryRunRows(large),
      { label: 'import', ours: large.importSeconds, unit: 's' },
      { label: 'rows imported per second', ours: many / large.importSeconds, unit: '/s' },
      ...memoryRows(small, large, few),
    ],
    notes: [`${sent(large)}; ${counts.join(', ')}`],
  };
}

/** The dry run alone: the import of so many rows takes far longer. */
export async function csvCheck(bench: Bench): Promise<Figure> {
  const [few, many] = sizes(bench);
  const small = await inFreshProcesses(bench, few, checkFile);
  const large = await inFreshProcesses(bench, many, checkFile);
  return {
    title: `The dry run of a CSV file of ${many.toLocaleString('en')} people, half of them known`,
    rows: [...dryRunRows(large), ...memoryRows(small, large, few)],
    notes: [sent(large)],
  };
}

const sizes = ({ quick }: Bench): readonly [few: number, many: number] => (quick ? [200, 2_000] : [10_000, 100_000]);

const sent = ({ megabytes, sendSeconds }: Checked): string => `${megabytes.toFixed(1)} MB, sent in ${sendSeconds.toFixed(1)} s`;

function dryRunRows({ dryRunSeconds, cpu }: Checked): Row[] {
  const used = cpu.map(({ name, ms }): Row => ({ label: `processor time of ${name} meanwhile`, ours: ms / 1_000, unit: 's' }));
  return [{ label: 'dry run', ours: dryRunSeconds, unit: 's', goal: { max: 60 } }, ...(canReadUsage ? used : [])];
}

function memoryRows(small: Checked, large: Checked, few: number): Row[] {
  const label = `${few.toLocaleString('en')} rows`;
  const toRow = (name: 'api' | 'worker'): Row => ({
    ...{ label: `peak ${name} memory`, ours: large[`${name}MB`], unit: 'MB' },
    ...{ floor: { label, value: small[`${name}MB`] }, goal: { max: 1.2 } },
  });
  return canReadUsage ? [toRow('api'), toRow('worker')] : [];
}

interface Processes {
  file: Buffer;
  api: { url: string; pid: number };
  worker: { pid: number };
  postgres: readonly { name: string; pid: number }[];
  headers: Record<string, string>;
}

/** Uses a fresh api and worker, so that their peak memory is that of the import. The accounts are observed: no vendor is measured. */
async function inFreshProcesses<Result>(
  bench: Bench,
  rows: number,
  work: (processes: Processes) => Promise<Result>,
): Promise<Result> {
  await using cleanUp = new AsyncDisposableStack();
  const database = await bench.createDatabase(`bench_csv_${rows}`);
  const file = await fillForCsv(bench, database, rows);
  const db = cleanUp.adopt(openDatabase({ url: database, poolSize: 1 }), (each) => each.destroy());
  await addAccounts(db, ['gohighlevel', 'calltools', 'square', 'google'], 'observe');
  const headers = { authorization: `Bearer ${await createKey(database)}` };
  const own = { database, providers: 'all', env: { TASK_QUEUE_PREFIX: `${taskQueuePrefix}${rows}` } } as const;
  const worker = cleanUp.adopt(await startOwn(bench, 'worker', own), (each) => each.stop());
  const api = cleanUp.adopt(await startOwn(bench, 'api', own), (each) => each.stop());
  const postgres = bench.stack.processes.filter(({ name }) => name === 'postgres');
  return await work({ file, api, worker, postgres, headers });
}

async function checkFile(processes: Processes): Promise<Checked> {
  return (await check(processes)).measured;
}

async function check({ file, api, worker, postgres, headers }: Processes): Promise<{ at: string; measured: Checked }> {
  const { id, seconds: sendSeconds } = await send(`${api.url}${root}`, headers, file);
  const at = `${api.url}${root}/${id}`;
  let dryRunSeconds = 0;
  const cpu = await cpuDuring([{ name: 'worker', pid: worker.pid }, ...postgres], async () => {
    dryRunSeconds = (await run(at, headers, 'checked')).seconds;
  });
  const measured = { megabytes: file.length / 1_000_000, sendSeconds, dryRunSeconds, cpu, ...(await peaks(api, worker)) };
  return { at, measured };
}

async function importFile(processes: Processes): Promise<Imported> {
  const { api, worker, headers } = processes;
  const { at, measured } = await check(processes);
  const ended = await run(at, headers, 'completed');
  return {
    ...{ ...measured, importSeconds: ended.seconds, imported: ended.import.imported },
    ...(await peaks(api, worker)),
  };
}

async function peaks(api: { pid: number }, worker: { pid: number }): Promise<{ apiMB: number; workerMB: number }> {
  const peakOf = async (pid: number) => (canReadUsage ? (await readMemory(pid)).peak : 0);
  return { apiMB: await peakOf(api.pid), workerMB: await peakOf(worker.pid) };
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
