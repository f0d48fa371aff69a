import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { endWorkflowsAfterRestore } from '#temporal-after-restore.ts';
import { erasureWorkflowId, importWorkflowId, reconcileWorkflowId } from '#workflows/ids.ts';
import { taskQueues } from '#workflows/task-queues.ts';
import { eventually } from './setup/eventually.ts';

let client: Client;
beforeAll(async () => {
  client = new Client({ connection: await Connection.connect({ address: String(process.env.ACCORD_TEST_TEMPORAL_ADDRESS) }) });
});
afterAll(() => client.connection.close());

it('ends passes, and what began since the backup; contacts and endpoints go on', async () => {
  const taskQueuePrefix = `test-${randomUUID().slice(0, 8)}`;
  const own = `TaskQueue = "${taskQueues(taskQueuePrefix).main}"`;
  const start = (type: string, workflowId: string) =>
    client.workflow.start(type, { workflowId, taskQueue: taskQueues(taskQueuePrefix).main, args: [{}] });
  const [contact, hook] = [`contact/${randomUUID()}`, `hook/${randomUUID()}`];
  const pass = reconcileWorkflowId(taskQueuePrefix, 'square');
  await start('importContacts', importWorkflowId(`${taskQueuePrefix}-before`));
  const since = new Date(Date.now() + 1);
  await eventually(() => expect(Date.now()).toBeGreaterThan(since.getTime()));
  await start('syncContact', contact);
  await start('deliverToEndpoint', hook);
  await start('reconcileProvider', pass);
  await start('importContacts', importWorkflowId(`${taskQueuePrefix}-since`));
  await start('eraseContact', erasureWorkflowId(`${taskQueuePrefix}-since`));
  // Lists lag behind.
  await eventually(async () => expect((await client.workflow.count(own)).count).toBe(6));

  const ended = await endWorkflowsAfterRestore(client, { taskQueuePrefix, since });
  expect(ended).toEqual({ count: 3, erasures: [`${taskQueuePrefix}-since`] });
  await eventually(async () => {
    const running = [];
    for await (const { workflowId } of client.workflow.list({ query: `${own} AND ExecutionStatus = "Running"` }))
      running.push(workflowId);
    expect(running.toSorted()).toEqual([contact, hook, importWorkflowId(`${taskQueuePrefix}-before`)].toSorted());
  });
  for (const id of [contact, hook, importWorkflowId(`${taskQueuePrefix}-before`)])
    await client.workflow.getHandle(id).terminate();
});
