import { Context } from '@temporalio/activity';
import type { Priority } from '#domain/sync/priority.ts';
import type { ActivityCall } from './deps.ts';

/** The SDK throttles heartbeats: the server receives one every few seconds. */
const heartbeatEveryMs = 1_000;

/**
 * An attempt sends nothing once Temporal may have started the next one: both have the same lease, and two creates of one record would
 * make two.
 */
export function callOptions(priority: Priority): ActivityCall {
  const { cancellationSignal, info } = Context.current();
  const deadline = AbortSignal.timeout(info.startToCloseTimeoutMs - Math.min(2_000, info.startToCloseTimeoutMs / 10));
  return { priority, signal: AbortSignal.any([cancellationSignal, deadline]), isRetry: info.attempt > 1 };
}

/** Runs `work` with a sign of life every second: a dead worker is noticed while one record, or one listing, may take long. */
export async function withHeartbeats<Result>(work: () => Promise<Result>): Promise<Result> {
  const timer = setInterval(heartbeat, heartbeatEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** One row that cannot be stored must not stop an import for good. */
const attemptsPerPage = 5;

export function isLastAttempt(): boolean {
  return Context.current().info.attempt >= attemptsPerPage;
}

export function heartbeat(): void {
  Context.current().heartbeat();
}

export function execution(): { workflowId: string; runId: string } {
  const { workflowExecution } = Context.current().info;
  if (!workflowExecution) throw new Error('This activity runs only inside a workflow');
  return workflowExecution;
}

/** The workflow and run id: they lead from a row of the history to a page of the Web UI. */
export function cause(): string {
  const { workflowId, runId } = execution();
  return `${workflowId}/${runId}`;
}

/** The lease owner: the same for every attempt of one activity, so that a retry takes over its own lease. */
export function owner(): string {
  return `${execution().runId}/${Context.current().info.activityId}`;
}
