import { type NativeConnection, Worker, type WorkerOptions, type WorkflowBundleOption } from '@temporalio/worker';
import type { ActivityDeps } from '#activities/deps.ts';
import { createActivities } from '#activities/index.ts';
import { type Tracing, untraced } from '#tracing/tracing.ts';
import { taskQueues } from '#workflows/task-queues.ts';

import { traceActivities } from './monitoring/trace-activities.ts';

type Roles = readonly string[] | null;

export interface WorkersInput {
  connection: NativeConnection;
  namespace: string;
  taskQueuePrefix: string;
  deps: ActivityDeps;
  bundle: WorkflowBundleOption;
  /** Any of `workflows`, `delivery` and provider ids; null for all. */
  roles: Roles;
  /** Default: records nothing. */
  tracing?: Tracing;
}

/** Creates a worker per task queue: one for workflows and database activities, one for deliveries, and one per provider. */
export function createWorkers({
  connection,
  namespace,
  taskQueuePrefix,
  deps,
  bundle,
  roles,
  tracing = untraced,
}: WorkersInput): Promise<Worker[]> {
  const activities = createActivities(deps);
  const queues = taskQueues(taskQueuePrefix);
  const common = {
    connection,
    namespace,
    shutdownGraceTime: '30 seconds',
    shutdownForceTime: '60 seconds',
    interceptors: { activity: [traceActivities(tracing)] },
  } satisfies Partial<WorkerOptions>;
  const options: WorkerOptions[] = [];
  if (hasRole(roles, 'workflows')) {
    // The cache counts workflow runs, not bytes. A parked contact that was evicted costs one replay when it wakes.
    options.push({
      ...common,
      taskQueue: queues.main,
      workflowBundle: bundle,
      activities: { ...activities.store },
      maxCachedWorkflows: 1_000,
    });
  }
  if (hasRole(roles, 'delivery') && activities.delivery) {
    options.push({
      ...common,
      ...deliveryOptions,
      taskQueue: queues.delivery,
      activities: { ...activities.delivery },
    });
  }
  for (const [id, { client }] of deps.providers) {
    if (!hasRole(roles, id)) continue;
    const maxConcurrentActivityTaskExecutions = concurrentActivities(client.requestsPerSecond);
    options.push({
      ...common,
      taskQueue: queues.provider(id),
      activities: { ...activities.provider },
      maxConcurrentActivityTaskExecutions,
    });
  }
  return Promise.all(options.map((each) => Worker.create(each)));
}

export function hasRole(roles: Roles, role: string): boolean {
  return roles === null || roles.includes(role);
}

/** A drain mostly waits, so that many run at once. Without a grace time it is cancelled on shutdown, and finishes its requests. */
const deliveryOptions = {
  maxConcurrentActivityTaskExecutions: 1_000,
  shutdownGraceTime: 0,
} satisfies Partial<WorkerOptions>;

/**
 * As many activities as a fifth of the rate serves within their 30 seconds, at about three calls each, because up to five workers may
 * share it. Further ones wait in the task queue, by priority, and not in the worker, where they would time out.
 */
function concurrentActivities(requestsPerSecond: number): number {
  return Math.min(100, Math.max(2, Math.round(requestsPerSecond * 2)));
}
