import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '#dev/stack/stack.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { isAlive } from '#test/setup/is-alive.ts';
import { setStandby } from '#test/setup/standby.ts';
import type { Kill } from './schedule.ts';

/** Longer than a statement or a heartbeat may take, shorter than a request that waits for its end. */
const awayMs = 4_000;
/** On a busy machine a process that PostgreSQL is killed under starts again and again, each time later. */
const startsWithinMs = 180_000;

/** Waits until the part runs, if it is about to start again, and ends or stops it. The supervisor of the stack starts it again. */
export async function killPart({ processes, database }: Stack, { part, how }: Kill): Promise<void> {
  const supervised = processes.find(({ name }) => name === part);
  if (!supervised) throw new Error(`No process is called ${part}`);
  const check = async () => {
    if (!isAlive(supervised.pid)) throw new Error(`${part} has ended`);
  };
  await waitUntil(`${part} to run`, check, { timeoutMs: startsWithinMs, everyMs: 100 });
  const { pid } = supervised;
  if (how === 'failover') return failOver(database);
  if (how === 'freeze') return freeze(pid);
  // PostgreSQL takes SIGTERM as a wish: it waits for its clients. SIGINT is how a service manager stops it.
  process.kill(pid, part === 'postgres' && how === 'SIGTERM' ? 'SIGINT' : how);
}

async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await delay(awayMs);
  if (isAlive(pid)) process.kill(pid, 'SIGCONT');
}

/** As clients see a fail-over: their connections end, and the server that they find then is a standby for a while. */
async function failOver(url: string): Promise<void> {
  // A process that PostgreSQL is being restarted for may hold the connection up.
  await setStandby(url, true).catch(() => {});
  await delay(awayMs);
  await waitUntil('PostgreSQL to take writes again', () => setStandby(url, false), { timeoutMs: 60_000, everyMs: 250 });
}
