import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkflowNotFoundError } from '@temporalio/client';
import { parse } from 'marked';
import { createEndpoint, type EndpointSettings } from '#db/delivery/endpoints.ts';
import { failAttempt } from '#temporal.ts';
import { publish } from '#test/db/delivery/delivery-rows.ts';
import { type Accord, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';
import { type Answer, type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { shiftClock } from '#test/setup/shift-clock.ts';
import { type RedriveInput, redriveProgressQuery } from '#workflows/delivery/messages.ts';
import { deliverWorkflowId, redriveWorkflowId } from '#workflows/ids.ts';
import { retryNowSignal } from '#workflows/messages.ts';

let accord: Accord;
const receivers: Receiver[] = [];
beforeAll(async () => {
  accord = await startAccord({ providers: [], deliveryTiming: { lingerMs: 200, drainsPerRun: 2 } });
});
afterEach(async () => {
  await accord.db.updateTable('webhook_endpoint').set({ is_active: false, deleted_at: new Date() }).execute();
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});
afterAll(() => accord.close());

async function subscriber(usually: Answer = 200, settings: Partial<EndpointSettings> = {}) {
  const receiver = await startReceiver(usually);
  receivers.push(receiver);
  const endpoint = await createEndpoint(accord.db, testEncryptionKey, {
    ...{ url: receiver.url, description: null, events: ['lead_update'], max_retries: 5, timeout_seconds: 30 },
    ...{ retry_schedule: [3_600], custom_headers: null, filters: null, rate_per_second: null, ordered: false },
    ...{ include_previous: false, is_active: true, secret: 'whsec_c2VjcmV0', ...settings },
  });
  return { receiver, endpoint, handle: accord.temporal.workflow.getHandle(deliverWorkflowId(endpoint.id)) };
}

async function publishMany(count: number) {
  for (let sequence = 1; sequence <= count; sequence += 1) await publish(accord.db);
}

const statesOf = async ({ id }: { id: string }) => {
  const rows = await accord.db.selectFrom('webhook_delivery').select('state').where('endpoint_id', '=', id).execute();
  return rows.map(({ state }) => state);
};
const statusOf = async (handle: { describe(): Promise<{ status: { name: string } }> }) => (await handle.describe()).status.name;

describe('the workflow of an endpoint', () => {
  it('starts when an event is committed, and completes when nothing is pending', async () => {
    const { receiver, handle } = await subscriber();
    await expect(handle.describe()).rejects.toThrow(WorkflowNotFoundError);
    await publishMany(3);
    await eventually(() => expect(receiver.received).toHaveLength(3));
    expect(await handle.result()).toMatchObject({ pending: 0, nextAt: null });
    // Before contacts on the same task queue, because one drain serves many deliveries.
    expect((await handle.describe()).priority).toMatchObject({ priorityKey: 1 });
    await publishMany(1);
    await eventually(() => expect(receiver.received).toHaveLength(4));
  });

  it('shows the error and a search attribute while the breaker is open, and sends all on retryNow', async () => {
    const { receiver, endpoint, handle } = await subscriber(500);
    await publishMany(12);
    await eventually(async () => expect((await handle.describe()).searchAttributes).toMatchObject({ WebhookBreaker: ['open'] }));
    expect(await statusOf(handle)).toBe('RUNNING');
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    // The drain may have counted before the last one was published.
    expect(currentDetails).toMatch(/breaker open until [^|]*\| 1\d \|.*500/s);
    await eventually(async () => {
      const { events } = await handle.fetchHistory();
      const summaries = (events ?? []).map(({ userMetadata }) => Buffer.from(userMetadata?.summary?.data ?? []).toString());
      expect(summaries).toContainEqual('"Send the deliveries that are due"');
      expect(summaries).toContainEqual(expect.stringMatching(/^"\d+ pending, the breaker is open: next attempt in .*retryNow"$/));
    });

    receiver.usually = 200;
    await handle.signal(retryNowSignal);
    await eventually(async () => expect(new Set(await statesOf(endpoint))).toEqual(new Set(['delivered'])));
    await handle.result();
    expect((await handle.describe()).searchAttributes.WebhookBreaker).toBeUndefined();
  });

  it('shows a redirect of a subscriber as text, without a link and an image', async () => {
    const location = '[your bill](https://thief.example) | ![x](https://thief.example/x.png) <img src=x> `';
    const { handle } = await subscriber({ status: 302, headers: { location } });
    await publishMany(1);
    await eventually(() => handle.result());
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toContain('[your bill](https://thief.example)');
    expect(await parse(currentDetails, { gfm: true })).not.toMatch(/<(a|img)\b/);
  });

  it('waits as long as a drain reports, whatever the clock of its worker', async () => {
    const { handle } = await subscriber(500);
    const restore = shiftClock(-10 * 60_000);
    await publishMany(1);
    const waitsOf = async () => {
      const { events } = await handle.fetchHistory();
      const starts = (events ?? []).flatMap(({ timerStartedEventAttributes: start }) => (start ? [start] : []));
      return starts.map(({ startToFireTimeout }) => Number(startToFireTimeout?.seconds ?? 0));
    };
    await eventually(async () => expect(await waitsOf()).toEqual([expect.any(Number)])).finally(restore);
    expect((await waitsOf())[0]).toBeGreaterThan(3_500);
  });

  it('waits for a distant retry without a drain, over several runs', async () => {
    const { receiver, endpoint, handle } = await subscriber(200, { retry_schedule: [3, 1] });
    receiver.next.push(500, 500);
    await publishMany(1);
    await eventually(async () => expect(await statesOf(endpoint)).toEqual(['delivered']));
    expect(new Set(receiver.received.map(({ deliveryId }) => deliveryId)).size).toBe(1);
    await handle.result();
  });

  it('continues with another drain when the lease of a live worker expired', async () => {
    const { receiver, endpoint, handle } = await subscriber();
    const held = Promise.withResolvers<void>();
    receiver.next.push((response) => void held.promise.then(() => response.writeHead(200).end()));
    await publishMany(1);
    await eventually(() => expect(receiver.received).toHaveLength(1));
    const serving = accord.db.selectFrom('webhook_serving').select('task_token').where('endpoint_id', '=', endpoint.id);
    const { task_token: token } = await serving.executeTakeFirstOrThrow();
    await failAttempt(accord.temporal, token);
    await failAttempt(accord.temporal, token);
    await eventually(() => expect(receiver.received).toHaveLength(2));
    held.resolve();
    await publishMany(3);
    await eventually(async () => expect(await statesOf(endpoint)).toEqual(Array(4).fill('delivered')));
    const [first, second, ...others] = receiver.received.map(({ deliveryId }) => deliveryId);
    expect(second).toBe(first);
    expect(new Set([first, ...others]).size).toBe(4);
    expect(await handle.result()).toMatchObject({ pending: 0 });
  });
});

describe('redriveDeliveries', () => {
  const start = (input: RedriveInput) =>
    accord.temporal.workflow.start('redriveDeliveries', {
      workflowId: redriveWorkflowId(randomUUID()),
      taskQueue: accord.taskQueuePrefix,
      args: [input],
    });

  async function withDead(count: number) {
    const { receiver, endpoint } = await subscriber(302);
    await publishMany(count);
    await eventually(async () => expect((await statesOf(endpoint)).filter((state) => state === 'dead')).toHaveLength(count));
    receiver.usually = 200;
    return { receiver, endpoint };
  }

  it('redrives dead letters at its rate, and reports its progress', async () => {
    const { endpoint } = await withDead(5);
    const handle = await start({ filter: { endpointId: endpoint.id }, ratePerSecond: 2 });
    expect(await handle.result()).toEqual({ state: 'done', total: 5, redriven: 5 });
    expect(await handle.query(redriveProgressQuery)).toEqual({ state: 'done', total: 5, redriven: 5 });
    await eventually(async () => expect(new Set(await statesOf(endpoint))).toEqual(new Set(['delivered'])));
  });

  it('leaves the remaining dead letters when it is cancelled', async () => {
    const { endpoint } = await withDead(5);
    const handle = await start({ filter: { endpointId: endpoint.id }, ratePerSecond: 1 });
    await eventually(async () => expect((await handle.query(redriveProgressQuery)).redriven).toBeGreaterThan(0));
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    const { redriven } = await handle.query(redriveProgressQuery);
    expect(await handle.query(redriveProgressQuery)).toMatchObject({ state: 'cancelled', total: 5 });
    expect((await statesOf(endpoint)).filter((state) => state === 'dead')).toHaveLength(5 - redriven);
  });
});
