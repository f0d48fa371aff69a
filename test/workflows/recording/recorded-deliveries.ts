import { randomUUID } from 'node:crypto';
import { createEndpoint, type EndpointSettings } from '#db/delivery/endpoints.ts';
import type { EndpointRow } from '#db/delivery/tables.ts';
import { publish } from '#test/db/delivery/delivery-rows.ts';
import type { Accord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';
import { type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { redriveProgressQuery } from '#workflows/delivery/messages.ts';
import { deliverWorkflowId, pruneWorkflowId, redriveWorkflowId, watchWorkflowId } from '#workflows/ids.ts';
import { retryNowSignal } from '#workflows/messages.ts';
import { recordedPeople } from './recorded-people.ts';
import { chainOf, lastRun, type Recording, type Run } from './recording.ts';

const none = { providers: [] };

/** The delivery workflows that `record-histories.ts` records. */
export const deliveryRecordings: Recording[] = [
  { name: 'hook-served', options: none, record: withSubscriber(served) },
  { name: 'hook-retried', options: none, record: withSubscriber(retried, { retry_schedule: [3] }) },
  { name: 'hook-breaker-and-retry-now', options: none, record: withSubscriber(breakerAndRetryNow) },
  {
    name: 'hook-continued',
    options: { ...none, deliveryTiming: { lingerMs: 200, drainsPerRun: 1 } },
    record: withSubscriber(continued, { retry_schedule: [3] }),
  },
  { name: 'redrive-done', options: none, record: withSubscriber(redriveDone) },
  { name: 'redrive-cancelled', options: none, record: withSubscriber(redriveCancelled) },
  { name: 'prune', options: none, record: prune },
  { name: 'incidents', options: none, record: incidents },
];

interface Subscriber {
  receiver: Receiver;
  endpoint: EndpointRow;
}

type RecordWith = (accord: Accord, subscriber: Subscriber) => Promise<Run[]>;

/** The URL contains a name, which must not reach a history. */
function withSubscriber(record: RecordWith, settings: Partial<EndpointSettings> = {}): Recording['record'] {
  return async (accord) => {
    const receiver = await startReceiver();
    try {
      const endpoint = await createEndpoint(accord.db, testEncryptionKey, {
        ...{ url: `${receiver.url}/quillfeather`, description: null, events: ['lead_update'], max_retries: 5 },
        ...{ timeout_seconds: 30, retry_schedule: [3_600], custom_headers: null, filters: null, rate_per_second: null },
        ...{ ordered: false, include_previous: false, is_active: true, secret: 'whsec_c2VjcmV0', ...settings },
      });
      return await record(accord, { receiver, endpoint });
    } finally {
      await receiver.close();
    }
  };
}

async function publishMany({ db }: Accord, count: number): Promise<void> {
  const toText = (id: string) => JSON.stringify({ id, ...recordedPeople[0] });
  for (let each = 0; each < count; each += 1) await publish(db, { toText });
}

async function served(accord: Accord, { endpoint }: Subscriber): Promise<Run[]> {
  await publishMany(accord, 3);
  return [await ended(accord, endpoint)];
}

/** The drain ends before the retry is due: the workflow waits for it. */
async function retried(accord: Accord, { receiver, endpoint }: Subscriber): Promise<Run[]> {
  receiver.next.push(500);
  await publishMany(accord, 1);
  return [await ended(accord, endpoint)];
}

async function breakerAndRetryNow(accord: Accord, { receiver, endpoint }: Subscriber): Promise<Run[]> {
  receiver.usually = 500;
  await publishMany(accord, 12);
  const handle = accord.temporal.workflow.getHandle(deliverWorkflowId(endpoint.id));
  await eventually(async () => {
    const { events } = await handle.fetchHistory();
    if (!events?.some(({ timerStartedEventAttributes }) => timerStartedEventAttributes)) throw new Error('It does not wait yet');
  });
  receiver.usually = 200;
  await handle.signal(retryNowSignal);
  return [await ended(accord, endpoint)];
}

async function continued(accord: Accord, subscriber: Subscriber): Promise<Run[]> {
  const [last] = await retried(accord, subscriber);
  return chainOf(accord, last as Run);
}

async function redriveDone(accord: Accord, subscriber: Subscriber): Promise<Run[]> {
  await die(accord, subscriber, 5);
  return [await lastRun(accord, await startRedrive(accord, 2))];
}

async function redriveCancelled(accord: Accord, subscriber: Subscriber): Promise<Run[]> {
  await die(accord, subscriber, 5);
  const handle = accord.temporal.workflow.getHandle(await startRedrive(accord, 1));
  await eventually(async () => {
    if ((await handle.query(redriveProgressQuery)).redriven === 0) throw new Error('None is sent again yet');
  });
  await handle.cancel();
  return [await lastRun(accord, handle.workflowId)];
}

async function incidents({ temporal, taskQueuePrefix }: Accord): Promise<Run[]> {
  const handle = await temporal.workflow.start('watchIncidents', {
    ...{ workflowId: watchWorkflowId(taskQueuePrefix), taskQueue: taskQueuePrefix, args: [] },
  });
  await handle.result();
  return [{ workflowId: handle.workflowId, runId: handle.firstExecutionRunId }];
}

async function prune({ temporal, taskQueuePrefix }: Accord): Promise<Run[]> {
  const handle = await temporal.workflow.start('pruneWebhooks', {
    workflowId: pruneWorkflowId(taskQueuePrefix),
    taskQueue: taskQueuePrefix,
    args: [{ retention: { attempts: 30, payloads: 30, dead: 90 } }],
  });
  await handle.result();
  return [{ workflowId: handle.workflowId, runId: handle.firstExecutionRunId }];
}

/** The last run of the workflow that the dispatcher starts. */
async function ended(accord: Accord, { id }: EndpointRow): Promise<Run> {
  const workflowId = deliverWorkflowId(id);
  await eventually(() => accord.temporal.workflow.getHandle(workflowId).describe());
  return lastRun(accord, workflowId);
}

async function die(accord: Accord, { receiver }: Subscriber, count: number): Promise<void> {
  receiver.usually = 302;
  await publishMany(accord, count);
  await eventually(async () => {
    const dead = await accord.db.selectFrom('webhook_delivery').select('id').where('state', '=', 'dead').execute();
    if (dead.length < count) throw new Error('Not all are dead yet');
  });
  receiver.usually = 200;
}

async function startRedrive({ temporal, taskQueuePrefix }: Accord, ratePerSecond: number): Promise<string> {
  const workflowId = redriveWorkflowId(randomUUID());
  await temporal.workflow.start('redriveDeliveries', {
    ...{ workflowId, taskQueue: taskQueuePrefix },
    args: [{ filter: {}, ratePerSecond }],
  });
  return workflowId;
}
