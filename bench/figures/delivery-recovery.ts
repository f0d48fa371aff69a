import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figure } from '#bench/measure/figure.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { type OwnOptions, startOwn } from '#bench/setup/own-processes.ts';
import { openSubscribers, type Subscribers } from '#bench/setup/subscribers.ts';
import type { RunningProcess } from '#dev/processes/process.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { buildWorkflowBundle } from '#workflow-bundle.ts';

const endpoints = 100;
const deliveries = 2_000;
const retries = 200;

interface Recovery {
  /** From the start of the new processes to the last arrival. */
  seconds: number;
  /** Until both processes were ready. */
  readySeconds: number;
  duplicates: number;
  lost: number;
}

/**
 * The time until deliveries in flight, or scheduled for a retry, arrive after api and worker are killed and started again. The workflow
 * bundle is built ahead, as in production.
 */
export async function deliveryRecovery(bench: Bench): Promise<Figure> {
  await using cleanUp = new AsyncDisposableStack();
  const database = await bench.createDatabase('bench_recovery');
  const subscribers = await openSubscribers(bench, endpoints, cleanUp, database);
  const bundle = join(bench.logs, 'workflow-bundle.js');
  await writeFile(bundle, (await buildWorkflowBundle()).code);
  const env = { TASK_QUEUE_PREFIX: 'recovery', WORKFLOW_BUNDLE: bundle };
  const accord = cleanUp.adopt(await startKillable(bench, { database, env }), (each) => each.stop());
  const midway: Recovery[] = [];
  const waiting: Recovery[] = [];
  for (let round = 0; round < (bench.quick ? 1 : 3); round += 1) {
    midway.push(await killMidway(accord, subscribers));
    waiting.push(await killBeforeRetries(accord, subscribers));
  }
  const worst = (rounds: Recovery[], key: keyof Recovery) => Math.max(...rounds.map((round) => round[key]));
  return {
    title: `Deliveries after SIGKILL of api and worker, ${endpoints} endpoints: from the restart to the last arrival`,
    rows: [
      {
        label: `killed amid ${deliveries.toLocaleString('en')} deliveries`,
        ours: worst(midway, 'seconds'),
        unit: 's',
        goal: { max: 6 },
      },
      { label: '… of these lost', ours: worst(midway, 'lost'), unit: '', goal: { max: 0 } },
      { label: '… of these sent twice', ours: worst(midway, 'duplicates'), unit: '', goal: { max: 100 } },
      {
        label: `killed with ${retries} retries scheduled for a second later`,
        ours: worst(waiting, 'seconds'),
        unit: 's',
        goal: { max: 5.6 },
      },
      { label: '… of these lost', ours: worst(waiting, 'lost'), unit: '', goal: { max: 0 } },
    ],
    notes: [
      `the worst of ${midway.length} rounds; both processes were ready after ${worst([...midway, ...waiting], 'readySeconds').toFixed(1)} s`,
      'dedicated services, killed the same way: Svix 45 s and 21 to 108 sent twice, Outpost 6 to 13 s and 19 to 31; retries: Svix 5.6 s, Outpost 34 s',
    ],
  };
}

async function startKillable(bench: Bench, options: OwnOptions) {
  const startAll = (): Promise<RunningProcess[]> =>
    Promise.all([startOwn(bench, 'api', options), startOwn(bench, 'worker', options)]);
  let running = await startAll();
  return {
    async kill() {
      for (const each of running) each.kill('SIGKILL');
      await Promise.all(running.map(({ ended }) => ended));
    },
    async start() {
      running = await startAll();
    },
    async stop() {
      await Promise.all(running.map((each) => each.stop()));
    },
  };
}

type Killable = Awaited<ReturnType<typeof startKillable>>;

async function killMidway(accord: Killable, { receiver, publishAll, refuseOnce }: Subscribers): Promise<Recovery> {
  await refuseOnce(0);
  // Warm-up, so that the kill hits a busy sender: served endpoints, open connections.
  await receiver.ask({ do: 'forget' });
  await publishAll(endpoints);
  await receiver.ask({ do: 'await', events: endpoints, withinMs: 30_000 });
  await receiver.ask({ do: 'forget' });
  await publishAll(deliveries);
  await receiver.ask({ do: 'await', events: deliveries / 4, withinMs: 30_000 });
  await accord.kill();
  return recover(accord, receiver, deliveries);
}

async function killBeforeRetries(accord: Killable, { db, receiver, publishAll, refuseOnce }: Subscribers): Promise<Recovery> {
  await receiver.ask({ do: 'forget' });
  await refuseOnce(endpoints);
  await publishAll(retries);
  const untried = db.selectFrom('webhook_delivery').select('id').where('state', '=', 'pending').where('attempts', '=', 0);
  const check = async () => {
    if (await untried.limit(1).executeTakeFirst()) throw new Error('Some deliveries have no attempt yet');
  };
  await waitUntil('the first attempt of each delivery', check, { everyMs: 5 });
  await accord.kill();
  return recover(accord, receiver, retries);
}

async function recover(accord: Killable, receiver: Subscribers['receiver'], events: number): Promise<Recovery> {
  const startedAt = now();
  await accord.start();
  const readyAt = now();
  const { arrivals, duplicates } = await receiver.ask({ do: 'await', events, withinMs: 60_000 });
  const last = Math.max(...arrivals.map(([, at]) => at));
  return {
    seconds: (last - startedAt) / 1_000,
    readySeconds: (readyAt - startedAt) / 1_000,
    duplicates,
    lost: events - arrivals.length,
  };
}

/** Milliseconds since 1970, by the same clock as the receiver's. */
const now = () => performance.timeOrigin + performance.now();
