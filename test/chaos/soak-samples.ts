import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { readMemory } from '#bench/measure/usage.ts';
import type { Trial } from './trial.ts';

/** One value of each figure, by its name. */
export type Sample = Record<string, number>;

export interface Sampler {
  take(): Promise<Sample>;
  close(): Promise<void>;
}

const processes = ['api', 'worker'] as const;

/** Reads the figures of the running processes, of PostgreSQL and of Temporal. */
export async function openSampler(trial: Trial): Promise<Sampler> {
  const client = new pg.Client({ connectionString: trial.stack.database });
  await client.connect();
  return {
    async take() {
      const ofProcesses = await Promise.all(processes.map((name) => readProcess(trial, name)));
      return { ...Object.assign({}, ...ofProcesses), ...(await readDatabase(client)), ...(await readBacklog(trial)) };
    },
    close: () => client.end(),
  };
}

async function readProcess({ stack, metricsUrls }: Trial, name: (typeof processes)[number]): Promise<Sample> {
  const pid = stack.processes.find((each) => each.name === name)?.pid ?? 0;
  const [{ now }, files, heap] = await Promise.all([
    readMemory(pid),
    readdir(`/proc/${pid}/fd`),
    readHeapMb(metricsUrls[name], stack.apiKey),
  ]);
  return { [`${name} RSS, MB`]: now, [`${name} heap, MB`]: heap, [`${name} open files`]: files.length };
}

async function readHeapMb(url: string, apiKey: string): Promise<number> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${apiKey}` } });
  const found = /^nodejs_heap_size_used_bytes\s+(\S+)/m.exec(await response.text());
  if (!found) throw new Error(`${url} shows no heap`);
  return Number(found[1]) / 1024 ** 2;
}

/** Of all tables together: one that bloats takes more bytes for each row that is left in it. */
const databaseFigures = `
  select (select count(*)::int from pg_stat_activity where datname = current_database()) as "connections",
    (select sum(pg_total_relation_size(relid)) / greatest(sum(n_live_tup), 1) from pg_stat_user_tables)::float8 as "bytes a row",
    (select sum(n_dead_tup) / greatest(sum(n_live_tup), 1) from pg_stat_user_tables)::float8 as "dead rows to live ones",
    coalesce((select extract(epoch from now() - min(changed_at)) from link), 0)::float8 as "inbox age, s",
    coalesce((select extract(epoch from now() - min(next_attempt_at)) from webhook_delivery
      where state = 'pending' and next_attempt_at < now()), 0)::float8 as "outbox age, s"`;

async function readDatabase(client: pg.Client): Promise<Sample> {
  const { rows } = await client.query<Sample>(databaseFigures);
  return rows[0] ?? {};
}

async function readBacklog({ temporal }: Trial): Promise<Sample> {
  const { count } = await temporal.workflow.count('ExecutionStatus = "Running"');
  return { 'open workflows': count };
}
