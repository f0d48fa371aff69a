import { openDatabase } from '#db/database.ts';
import type { SandboxAccounts } from '#dev/stack/sandboxes.ts';
import { freePort } from '#free-port.ts';
import { providers } from '#providers/index.ts';
import type { Bench } from './bench.ts';
import { runFullPass, runPoll } from './full-pass.ts';
import { startEmptySandboxes, startOwn } from './own-processes.ts';
import { person, seedPeople } from './people.ts';
import { untilQuiet } from './quiet.ts';

/** Accord with all providers, with its own store, queues and sandboxes. */
export interface Hub {
  accounts: SandboxAccounts;
  database: string;
  /** Root of its api. */
  api: string;
  taskQueuePrefix: string;
  processes: { name: string; pid: number }[];
}

/** A person's ids at the members. */
export type HubPerson = Record<'gohighlevel' | 'square' | 'google', string>;

export interface HubPeople {
  /** People in no audience. */
  plain: HubPerson[];
  /** People in the dialer's bucket. */
  leads: HubPerson[];
}

const taskQueuePrefix = 'hub';

/**
 * Starts the hub and syncs people from GoHighLevel to every member, as a first import does. Another worker runs afterwards, so that no
 * cache of the import is left.
 */
export async function startHub(
  bench: Bench,
  counts: Record<keyof HubPeople, number>,
  cleanUp: AsyncDisposableStack,
): Promise<Hub & HubPeople> {
  const api = `http://127.0.0.1:${await freePort()}`;
  const sandboxes = cleanUp.adopt(await startEmptySandboxes(bench, api), (each) => each.stop());
  const database = await bench.createDatabase('bench_hub');
  const env = { TASK_QUEUE_PREFIX: taskQueuePrefix };
  const common = { database, sandboxes: sandboxes.accounts, providers: 'all', api, env } as const;
  const served = cleanUp.adopt(await startOwn(bench, 'api', common), (each) => each.stop());

  const importer = await startOwn(bench, 'worker', common);
  const ids = await importPeople(bench, { accounts: sandboxes.accounts, database }, counts).finally(() => importer.stop());
  const worker = cleanUp.adopt(await startOwn(bench, 'worker', common), (each) => each.stop());
  const own = [served, worker, { name: 'sandboxes', pid: sandboxes.pid }];
  const shared = bench.stack.processes.filter(({ name }) => name === 'postgres' || name === 'temporal');
  const people = await findEverywhere(database, ids);
  return {
    ...{ accounts: sandboxes.accounts, database, api, taskQueuePrefix, processes: [...shared, ...own] },
    ...{ plain: people.slice(0, counts.plain), leads: people.slice(counts.plain) },
  };
}

/** Returns the people's ids in GoHighLevel. */
async function importPeople(
  bench: Bench,
  { accounts, database }: Pick<Hub, 'accounts' | 'database'>,
  { plain, leads }: Record<keyof HubPeople, number>,
): Promise<string[]> {
  const people = Array.from({ length: plain + leads }, (_, index) => ({
    ...person(index),
    tags: index < plain ? [] : ['cold lead'],
  }));
  const ids = await seedPeople(accounts.gohighlevel, people);
  await runFullPass(bench.temporal, 'gohighlevel', taskQueuePrefix);
  await untilQuiet(bench, database);
  // The first poll of a provider only begins to watch for changes.
  for (const { id, pollSchedule } of providers)
    if (pollSchedule !== undefined) await runPoll(bench.temporal, id, taskQueuePrefix);
  await untilQuiet(bench, database);
  return ids;
}

/** Finds the ids at every member. Throws when a person is missing at one. */
async function findEverywhere(database: string, ids: string[]): Promise<HubPerson[]> {
  const db = openDatabase({ url: database, poolSize: 1 });
  try {
    const rows = await db
      .selectFrom('link')
      .select(['contact_id', 'provider', 'external_id'])
      .where('state', '=', 'linked')
      .execute();
    const people = new Map<string, Partial<HubPerson>>();
    for (const { contact_id, provider, external_id } of rows)
      people.set(contact_id, { ...people.get(contact_id), [provider]: external_id });
    const byId = new Map([...people.values()].map((each) => [each.gohighlevel, each]));
    return ids.map((id) => {
      const each = byId.get(id);
      if (!each?.square || !each.google) throw new Error('A person is missing in Square or Google');
      return each as HubPerson;
    });
  } finally {
    await db.destroy();
  }
}
