import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { createEndpoint } from '../../src/db/webhook-endpoints.ts';
import { publish } from '../db/webhook-rows.ts';
import { type Accord, startAccord } from '../setup/accord.ts';
import { eventually } from '../setup/eventually.ts';
import { testEncryptionKey } from '../setup/provider-settings.ts';
import { type Receiver, startReceiver } from '../setup/receiver.ts';

it('sends every event at least once, each under one delivery id, when the worker is killed in the midst of them', async () => {
  const accord = await startAccord({ providers: [], workersInside: false, deliveryTiming: { heartbeatTimeoutMs: 2_000 } });
  const workers: ChildProcess[] = [];
  // Answers so late that requests are under way whenever the worker is killed.
  const receiver = await startReceiver((response) => setTimeout(() => response.writeHead(200).end(), 20));
  try {
    const endpointIds = await subscribe(accord, receiver, 5);
    for (let each = 0; each < 60; each += 1) await publish(accord.db);
    for (const enough of [50, 150]) {
      workers.push(await startWorkerProcess(accord));
      await eventually(() => expect(receiver.received.length).toBeGreaterThan(enough));
      await kill(workers.at(-1) as ChildProcess);
      const arrived = new Set(receiver.received.map(({ deliveryId }) => deliveryId));
      for (const { id, state } of await deliveries(accord)) if (state === 'delivered') expect(arrived).toContain(id);
    }
    workers.push(await startWorkerProcess(accord));
    await eventually(async () => {
      for (const { state } of await deliveries(accord)) expect(state).toBe('delivered');
    }, 60_000);
    const rows = await deliveries(accord);
    expect(rows).toHaveLength(60 * endpointIds.length);
    expect([...new Set(receiver.received.map(({ deliveryId }) => deliveryId))].toSorted()).toEqual(
      rows.map(({ id }) => id).toSorted(),
    );
  } finally {
    await Promise.all(workers.map(kill));
    await accord.close();
    await receiver.close();
  }
}, 120_000);

async function subscribe({ db }: Accord, { url }: Receiver, count: number): Promise<string[]> {
  const settings = {
    ...{ url, description: null, events: ['lead_update' as const], max_retries: 5, timeout_seconds: 30, retry_schedule: null },
    ...{ custom_headers: null, filters: null, rate_per_second: null, ordered: false, include_previous: false, is_active: true },
  };
  const made = Array.from({ length: count }, () =>
    createEndpoint(db, testEncryptionKey, { ...settings, secret: 'whsec_c2VjcmV0' }),
  );
  return (await Promise.all(made)).map(({ id }) => id);
}

const deliveries = ({ db }: Accord) => db.selectFrom('webhook_delivery').select(['id', 'state']).execute();

/** A worker as it runs in production, for webhooks and workflows alone. */
async function startWorkerProcess({ databaseUrl, taskQueuePrefix, temporalAddress }: Accord): Promise<ChildProcess> {
  const worker = spawn(process.execPath, ['src/cli/accord.ts', '--no-env-file', 'worker'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...{ NODE_OPTIONS: '', ACCORD_PROFILE: 'sandbox', LOG_LEVEL: 'fatal', WORKER_ROLES: 'workflows,delivery' },
      ...{ DATABASE_URL: databaseUrl, TASK_QUEUE_PREFIX: taskQueuePrefix, TEMPORAL_ADDRESS: temporalAddress },
      ACCORD_ENCRYPTION_KEY: testEncryptionKey.toString('base64'),
    },
  });
  await once(worker, 'message');
  return worker;
}

async function kill(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const exited = once(worker, 'exit');
  worker.kill('SIGKILL');
  await exited;
}
