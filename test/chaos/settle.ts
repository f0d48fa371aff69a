import { setTimeout as delay } from 'node:timers/promises';
import { isWrite, openRequestLog } from '#bench/setup/request-log.ts';
import type { Subscriber } from './subscriber.ts';
import type { Trial } from './trial.ts';

const polled = ['google', 'calltools'];
/** A killed worker's activities start again after 30 seconds, and a breaker of deliveries stays open for as long. */
const patienceMs = 1_200_000;
/** What still waits after this time would wait for its slow timer: an operator presses the button of the admin pages. */
const untilRetryMs = 120_000;
const tellEveryMs = 15_000;
/** While there is other work: a poll of CallTools takes most of the calls that its account allows. */
const pollEveryMs = 30_000;

export interface Settled {
  /** Until nothing was open any more, before the first pass. */
  ms: number;
  /** Causes of contacts that an operator had to retry. */
  retried: string[];
  /** What was open when patience ended. */
  open: string[];
  /** The writes of the last pass, which must have nothing to do. */
  lateWrites: string[];
}

/**
 * Lets everything come to rest: polls, full passes as at night, and an operator who approves the deletions that Accord asks about. Ends
 * with one more pass, which must write nothing.
 */
export async function settle(trial: Trial, subscribers: readonly Subscriber[], say: (line: string) => void): Promise<Settled> {
  const startedAt = Date.now();
  const settled: Settled = { ms: 0, retried: [], open: [], lateWrites: [] };
  // A test event is a probe: it closes a breaker at once.
  for (const { endpointId } of subscribers) await trial.ask('POST', `/api/v1/webhooks/${endpointId}/test`);
  await untilQuiet(trial, settled, say);
  settled.ms = Date.now() - startedAt;
  say(`settled after ${Math.round(settled.ms / 1_000)} s`);
  await passEverywhere(trial);
  await untilQuiet(trial, settled);
  // Once more: Accord asks about records that people got since the first decision.
  for (let round = 0; round < 2; round += 1) {
    await trial.ask('POST', '/api/v1/deletes/decide', { decision: 'approve', dryRun: false, limit: 200 });
    await untilQuiet(trial, settled);
  }
  if (settled.open.length > 0) return settled;
  const logs = await Promise.all(Object.values(trial.stack.sandboxes).map(openRequestLog));
  await passEverywhere(trial);
  await untilQuiet(trial, settled);
  const requests = (await Promise.all(logs.map((log) => log.next()))).flat();
  settled.lateWrites = requests.filter(isWrite).map(({ method, path, status }) => `${method} ${path} (${status})`);
  return settled;
}

async function untilQuiet(trial: Trial, settled: Settled, say = (_line: string) => {}): Promise<void> {
  const startedAt = Date.now();
  let told = 0;
  let isRetried = false;
  let pollAt = startedAt;
  // Nothing open once, and twice after another poll.
  for (let quiet = 0; quiet < 3; ) {
    if (Date.now() >= pollAt) {
      for (const provider of polled) await trial.ask('POST', '/sync/poll', { provider });
      pollAt = Date.now() + pollEveryMs;
    }
    await delay(1_000);
    const open = await listOpen(trial);
    if (open.length === 0) {
      quiet += 1;
      if (quiet === 1) pollAt = Date.now();
    } else if (open.some((each) => !each.startsWith('pollProvider'))) quiet = 0;
    if (Date.now() - startedAt > (told + 1) * tellEveryMs) {
      told += 1;
      say(`after ${(told * tellEveryMs) / 1_000} s: ${open.slice(0, 4).join(', ') || 'nothing'}`);
    }
    if (Date.now() - startedAt > patienceMs) {
      settled.open = open;
      return;
    }
    if (quiet > 0 || isRetried || Date.now() - startedAt < untilRetryMs) continue;
    isRetried = true;
    settled.retried.push(...(await retryFailures(trial)));
  }
}

interface Overview {
  contacts: { pending: number; failed: number; held: number };
  deliveries: { pending: number; dead: number };
}

/** Everything that is not done: counted by the API, and by Temporal. */
export async function listOpen({ ask, temporal }: Trial): Promise<string[]> {
  const { contacts, deliveries } = await ask<Overview>('GET', '/api/v1/overview');
  const { pending, failed, held } = contacts;
  const counts = { pending, failed, held, 'due deliveries': deliveries.pending, 'dead letters': deliveries.dead };
  const open = Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
  for await (const { type, workflowId } of temporal.workflow.list({ query: 'ExecutionStatus = "Running"' }))
    if (!isEndless(type)) open.push(`${type} ${workflowId}`);
  return open;
}

/** Temporal's own workflow of each schedule, and the watch that runs as long as Accord does. */
const isEndless = (type: string): boolean => type.startsWith('temporal-sys-') || type === 'watchIncidents';

async function retryFailures({ ask }: Trial): Promise<string[]> {
  const { failures } = await ask<{ failures: { provider: string; message: string; contacts: number }[] }>(
    'GET',
    '/api/v1/needs-you',
  );
  await ask('POST', '/api/v1/contacts/retry', { limit: 200 });
  return failures.map(({ provider, message, contacts }) => `${contacts} at ${provider}: ${message}`);
}

interface Run {
  id: string;
  provider: string;
  trigger: string;
  doubt: string | null;
  outcome: string | null;
}

/** A full pass over every account. Where a pass doubts that so many records are gone, the operator confirms it. */
async function passEverywhere({ ask, stack }: Trial): Promise<void> {
  for (const provider of Object.keys(stack.sandboxes)) {
    const doubt = await pass(ask, { provider, acceptLoss: false });
    if (doubt !== null) await pass(ask, { provider, acceptLoss: true });
  }
}

async function pass(ask: Trial['ask'], body: { provider: string; acceptLoss: boolean }): Promise<string | null> {
  const findNewest = async () => (await ask<{ runs: Run[] }>('GET', `/sync/runs?provider=${body.provider}&limit=1`)).runs[0];
  const before = await findNewest();
  await ask('POST', '/sync/trigger', body);
  for (;;) {
    await delay(250);
    const run = await findNewest();
    // The pass has not begun. One that was under way before takes its place.
    if (run?.id === before?.id && before?.outcome !== null) continue;
    if (run?.outcome === 'failed') throw new Error(`The pass over ${body.provider} failed`);
    if (run?.outcome === 'completed') return run.doubt;
  }
}
