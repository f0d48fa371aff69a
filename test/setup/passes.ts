import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { taskQueues } from '#workflows/task-queues.ts';
import type { Accord } from './accord.ts';

type Host = Pick<Accord, 'temporal' | 'taskQueuePrefix'>;

/** Starts a full pass over one provider, as its schedule does. */
export function startPass({ temporal, taskQueuePrefix }: Host, provider: string): Promise<WorkflowHandle> {
  return temporal.workflow.start('reconcileProvider', {
    workflowId: `${taskQueuePrefix}/reconcile/${provider}/${randomUUID()}`,
    taskQueue: taskQueues(taskQueuePrefix).main,
    args: [{ provider, trigger: 'test', taskQueuePrefix }],
  });
}

/** Runs a full pass over one provider until its end. */
export async function reconcileNow(host: Host, provider: string): Promise<void> {
  const pass = await startPass(host, provider);
  await pass.result();
}

interface Logged {
  method: string;
  path: string;
  status: number | null;
}

/** The writes to a sandbox since the request with this number. A refused request, such as one with a stale version, is not a write. */
export function writesSince(sandbox: { requests(after: number): Logged[] }, sequence: number): string[] {
  return sandbox
    .requests(sequence)
    .filter(({ method, status }) => method !== 'GET' && status !== null && status < 300)
    .filter(({ path }) => !/\/search|\/token|bulk-retrieve/.test(path))
    .map(({ method, path }) => `${method} ${path}`);
}

/** The sequence number of a sandbox's last request; 0 without any. */
export function lastRequest(sandbox: { requests(): { sequence: number }[] }): number {
  return sandbox.requests().at(-1)?.sequence ?? 0;
}
