import { z } from 'zod';
import type { Figure } from '#bench/measure/figure.ts';
import { createKey } from '#bench/setup/asked-api.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { startEmptySandboxes, startOwn } from '#bench/setup/own-processes.ts';
import { person, seedPeople } from '#bench/setup/people.ts';
import { writePublishedConfig } from '#bench/setup/published-config.ts';
import { isWrite, openRequestLog } from '#bench/setup/request-log.ts';
import { learn } from '#bench/setup/synced-store.ts';
import { loadConfig } from '#config.ts';
import { type Database, openDatabase } from '#db/database.ts';
import { addAccounts } from '#db/sync/account-modes.ts';
import { callJson } from '#dev/call-json.ts';
import type { SandboxAccounts } from '#dev/stack/sandboxes.ts';
import { stackEnvironment } from '#dev/stack/stack-environment.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { connectProviders } from '#workers/connect-providers.ts';

const source = 'square';
/** The least calls that write so many people: GoHighLevel and CallTools create one per call, Google 200. */
const perCall = { gohighlevel: 1, calltools: 1, google: 200 };
type Target = keyof typeof perCall;
const targets = Object.keys(perCall).filter((id): id is Target => id in perCall);
/** Every twentieth person belongs in the dialer, which allows two calls a second. */
const leadEvery = 20;
const taskQueuePrefix = 'import';

/** Going live with people who are known at one vendor and at none of three others, at the call rates of the published accord.yaml. */
export async function firstImport(bench: Bench): Promise<Figure> {
  const count = bench.quick ? 400 : 10_000;
  await using cleanUp = new AsyncDisposableStack();
  const { accounts } = cleanUp.adopt(await startEmptySandboxes(bench), (each) => each.stop());
  const database = await bench.createDatabase('bench_import');
  const db = cleanUp.adopt(openDatabase({ url: database, poolSize: 2 }), (each) => each.destroy());
  const ACCORD_CONFIG = await writePublishedConfig(bench.logs, { name: 'import' });
  const env = { ACCORD_CONFIG, TASK_QUEUE_PREFIX: taskQueuePrefix };
  const rates = await fill(bench, { db, database, accounts, env, count });
  const own = { database, sandboxes: accounts, providers: 'all', env } as const;
  cleanUp.adopt(await startOwn(bench, 'worker', own), (each) => each.stop());
  const api = cleanUp.adopt(await startOwn(bench, 'api', own), (each) => each.stop());
  const key = await createKey(database);
  const logs = await Promise.all(targets.map((id) => openRequestLog(accounts[id])));
  const seconds = await goLive({ url: api.url, key });
  const calls = await Promise.all(logs.map((log) => log.next()));
  const people = await Promise.all(targets.map(async (id) => (await peopleIn(accounts, id)).length));
  const wanted = (id: Target) => (id === 'calltools' ? Math.ceil(count / leadEvery) : count);
  const bounds = targets.map((id) => toSeconds(wanted(id) / perCall[id], rates[id]));
  const slowest = seconds.all ?? 0;
  return {
    title: `Going live with ${count.toLocaleString('en')} people at three vendors`,
    rows: [
      {
        label: 'until everybody is everywhere',
        ours: slowest,
        unit: 's',
        floor: { label: 'the least calls at the rate of the slowest account', value: Math.max(...bounds) },
        goal: { max: 1.2 },
      },
      ...targets.map((id, at) => ({
        label: `${id}: people too few or too many`,
        ours: Math.abs((people[at] ?? 0) - wanted(id)),
        unit: '' as const,
        goal: { max: 0 },
      })),
    ],
    notes: targets.map(
      (id, at) =>
        `${id}: ${calls[at]?.length} calls, ${calls[at]?.filter(isWrite).length} of them writes, in ${(seconds[id] ?? 0).toFixed(0)} s, at ${rates[id]?.requestsPerSecond} /s`,
    ),
  };
}

/** The least time of so many calls: the first ones, a burst, wait for nothing. */
function toSeconds(calls: number, rate: Rate | undefined): number {
  if (!rate) throw new Error('The account has no rate');
  return Math.max(0, calls - rate.burst) / rate.requestsPerSecond;
}

const withRate = z.object({ rate: z.object({ requestsPerSecond: z.number(), burst: z.number() }) });

type Rate = z.infer<typeof withRate>['rate'];

interface Filled {
  db: Database;
  database: string;
  accounts: SandboxAccounts;
  env: Record<string, string>;
  count: number;
}

/** Puts people into the source, and its records into the store as a first pass does. Returns the rates of the accounts. */
async function fill(bench: Bench, { db, database, accounts, env, count }: Filled): Promise<Record<string, Rate>> {
  const people = Array.from({ length: count }, (_, index) => person(index));
  for (let at = 0; at < count; at += 5_000) await seedPeople(accounts[source], people.slice(at, at + 5_000));
  const given = { ...stackEnvironment({ ...bench.stack, database }, accounts, bench.encryptionKey), ...env };
  const config = loadConfig({ env: given, need: ['database'] });
  const connected = connectProviders(config, db);
  const { client } = connected.get(source) ?? {};
  if (!client) throw new Error(`${source} is not connected`);
  await learn(db, source, client);
  await tagLeads(db);
  await addAccounts(db, [source], 'live');
  await addAccounts(db, targets, 'observe');
  return Object.fromEntries(targets.map((id) => [id, withRate.parse(config.accounts[id]?.account).rate]));
}

/** Square has no tags: every twentieth person got one elsewhere. */
async function tagLeads(db: Database): Promise<void> {
  const ids = await db.selectFrom('contact').select(['id', 'fields']).orderBy('id').execute();
  const leads = ids.filter((_, index) => index % leadEvery === 0);
  for (const { id, fields } of leads)
    await db
      .updateTable('contact')
      .set({ fields: JSON.stringify({ ...fields, tags: ['cold lead'] }) })
      .where('id', '=', id)
      .execute();
}

interface Run {
  id: string;
  provider: string;
  state: string;
  failed: number;
  error: string | null;
}

/** Goes live with all accounts. Returns the seconds until the end of each run. */
async function goLive({ url, key }: { url: string; key: string }): Promise<Record<string, number>> {
  const headers = { authorization: `Bearer ${key}` };
  const startedAt = performance.now();
  await callJson(`${url}/api/v1/go-live`, { method: 'POST', body: { accept_unread: true }, headers });
  const seconds: Record<string, number> = {};
  const check = async () => {
    const { data } = await callJson<{ data: { runs: Run[] } }>(`${url}/api/v1/go-live`, { headers });
    for (const { provider, state, error } of data.runs) {
      if (state === 'failed') throw new Error(`The go-live of ${provider} failed: ${error}`);
      if (state === 'completed') seconds[provider] ??= (performance.now() - startedAt) / 1_000;
    }
    const { data: stats } = await callJson<{ data: { pending: number; held: number } }>(`${url}/sync/stats`, { headers });
    const left = targets.filter((id) => !(id in seconds));
    if (left.length + stats.pending + stats.held > 0)
      throw new Error(`${left.join(', ')} run, ${stats.pending} contacts are pending`);
  };
  await waitUntil('everybody to be everywhere', check, { timeoutMs: 40 * 60_000, everyMs: 1_000 });
  // Contacts whose write failed are written by their own workflows, after the run.
  return { ...seconds, all: (performance.now() - startedAt) / 1_000 };
}

async function peopleIn(accounts: SandboxAccounts, id: Target): Promise<unknown[]> {
  return (await callJson<{ people: unknown[] }>(`${accounts[id].control}/people`, {})).people;
}
