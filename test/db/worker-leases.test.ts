import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { openWorkerLeases, type WorkerLeases } from '#db/worker-leases.ts';
import { calltoolsSandbox, defaultToken } from '#sandbox/calltools/index.ts';
import { eventually } from '#test/setup/eventually.ts';
import { killProcess } from '#test/setup/processes.ts';
import { useDatabase } from './test-database.ts';

const database = useDatabase();
/** Nothing here depends on how quick the machine is. */
const timing = { renewMs: 100, leaseMs: 60_000, patienceMs: 60_000 };

const opened: WorkerLeases[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  await Promise.all([...children.splice(0).map(killProcess), ...opened.splice(0).map((each) => each.close())]);
  await database.db.deleteFrom('worker_lease').execute();
});

function open(providers: string[] = ['square'], patienceMs = timing.patienceMs): WorkerLeases {
  const leases = openWorkerLeases(database.db, { providers, timing: { ...timing, patienceMs } });
  opened.push(leases);
  return leases;
}

const counts = (...all: WorkerLeases[]) => all.map((leases) => leases.shareOf('square').workers);

/** A worker that was killed: it renews its lease no more. */
async function enterDeadWorker(seconds: number): Promise<void> {
  await sql`
    insert into worker_lease (provider, worker_id, joined_at, renewed_at, until)
    values ('square', gen_random_uuid(), now(), now(), now() + make_interval(secs => ${seconds}))
  `.execute(database.db);
}

describe('workers that call one account', () => {
  it('count each other, and one that stops gives its part away at once', async () => {
    const first = open();
    await eventually(() => expect(counts(first)).toEqual([1]));
    const second = open();
    const other = open(['google']);
    await eventually(() => expect(counts(first, second)).toEqual([2, 2]));
    await eventually(() => expect(other.shareOf('google').workers).toBe(1));
    await second.close();
    await eventually(() => expect(counts(first)).toEqual([1]));
  });

  it('never take more than the whole together while they join', async () => {
    const all: WorkerLeases[] = [];
    let most = 0;
    const add = () => {
      const leases = open();
      all.push(leases);
      leases.shareOf('square').subscribe(() => {
        const parts = counts(...all).map((workers) => (workers === null ? 0 : 1 / workers));
        most = Math.max(
          most,
          parts.reduce((sum, part) => sum + part, 0),
        );
      });
    };
    add();
    add();
    await eventually(() => expect(counts(...all)).toEqual([2, 2]));
    add();
    await eventually(() => expect(counts(...all)).toEqual([3, 3, 3]));
    expect(most).toBeLessThanOrEqual(1);
  });

  it('take the part of a dead one when its lease ends, and do not wait for it to join', async () => {
    await enterDeadWorker(60);
    const alive = open(['square'], 300);
    await eventually(() => expect(counts(alive)).toEqual([2]));
    await sql`update worker_lease set until = now() - interval '1 second' where until > now() + interval '30 seconds'`.execute(
      database.db,
    );
    await eventually(() => expect(counts(alive)).toEqual([1]));
  });
});

/** A process that calls CallTools as fast as its share allows, and reports the share. */
async function startCaller(baseUrl: string): Promise<{ child: ChildProcess; shares: (number | null)[] }> {
  const script = fileURLToPath(new URL('./rate-caller.ts', import.meta.url));
  const child = fork(script, [database.url, baseUrl, defaultToken], { execArgv: [] });
  children.push(child);
  const shares: (number | null)[] = [];
  child.on('message', (workers) => shares.push(workers as number | null));
  await once(child, 'spawn');
  return { child, shares };
}

/** The calls in the fullest second. */
function mostPerSecond(calls: readonly { at: string }[]): number {
  const times = calls.map(({ at }) => Date.parse(at)).toSorted((a, b) => a - b);
  return Math.max(...times.map((from, index) => times.slice(index).filter((at) => at < from + 1_000).length));
}

it('two processes stay within the rate of the account, and the one that is left takes the whole of it', async () => {
  const sandbox = await calltoolsSandbox.start({});
  const calls = () => sandbox.requests();
  const moreThan = (count: number) => eventually(() => expect(calls().length).toBeGreaterThan(count), 60_000);
  try {
    const first = await startCaller(`${sandbox.url}/api`);
    await eventually(() => expect(first.shares).toEqual([1]), 60_000);
    const second = await startCaller(`${sandbox.url}/api`);
    await eventually(() => expect([...first.shares, ...second.shares]).toEqual([1, 2, 2]), 60_000);
    await moreThan(calls().length + 60);
    await killProcess(second.child);
    await eventually(() => expect(first.shares).toEqual([1, 2, 1]), 60_000);
    await moreThan(calls().length + 40);
    // The rate of the account is 20 a second, with a burst of 10 and 10 in flight. Two processes without shares reach 60.
    expect(mostPerSecond(calls())).toBeLessThanOrEqual(40);
  } finally {
    await sandbox.close();
  }
}, 180_000);
