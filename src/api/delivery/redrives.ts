import { randomUUIDv7 } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter } from '#api/rest/page.ts';
import { webUiLink } from '#api/web-ui.ts';
import { recordAudit } from '#db/audit-log.ts';
import { countDeadLetters } from '#db/delivery/dead-letters.ts';
import { type RedriveInput, redriveProgressQuery } from '#workflows/delivery/messages.ts';
import { redriveWorkflowId } from '#workflows/ids.ts';
import { taskQueues } from '#workflows/task-queues.ts';
import { deadLetterFilter, deadLetterPath, toDeadLetterFilter } from './dead-letters.ts';

const deadlineMs = 5_000;
/** A worker responds to a query, and none may be running. */
const queryDeadlineMs = 2_000;

const started = z.object({ id: z.string(), workflow_id: z.string(), web_ui: z.string().nullable() });

const redriveState = started
  .extend({
    status: z.string().meta({ description: 'Status of the workflow: `running`, `completed`, `cancelled` and so on.' }),
    total: z.int().nullable().meta({ description: 'Dead letters that matched at the start; null while no worker responds.' }),
    redriven: z.int().nullable(),
  })
  .meta({ id: 'Redrive' });

export const redriveOperations = [
  defineOperation({
    method: 'post',
    path: `${deadLetterPath}/redrive`,
    tag: 'Dead letters',
    summary: 'Redrive dead letters by filter',
    description:
      'Starts a workflow that makes them due again, oldest first and at a steady rate. With `dry_run` they are only counted. Skips those of disabled endpoints.',
    scope: 'webhooks:write',
    isAtomic: true,
    body: z.strictObject({
      filter: deadLetterFilter,
      rate_per_second: z.int().min(1).max(1_000).nullable().default(null),
      dry_run: z.boolean().default(false),
    }),
    response: {
      status: 202,
      description: 'Numbers of matching and of redrivable dead letters, and the workflow that redrives them',
      data: z.object({ matching: z.int(), redrivable: z.int(), redrive: started.nullable() }),
      isBare: true,
    },
    async handle({ body, actor }, deps) {
      // Deliveries that die again meanwhile are not redriven in a loop.
      const filter = { until: new Date().toISOString(), ...toDeadLetterFilter(body.filter) };
      const { matching, redrivable } = await countDeadLetters(deps.db, filter);
      if (body.dry_run || redrivable === 0) return { matching, redrivable, redrive: null };
      const redrive = await startRedrive(deps, { filter, actor, expected: redrivable, ratePerSecond: body.rate_per_second });
      await recordAudit(deps.db, {
        actor,
        action: 'dead-letter.redrive',
        target: redrive.workflow_id,
        details: { filter, redrivable },
      });
      return { matching, redrivable, redrive };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/webhooks/redrives/{id}',
    tag: 'Dead letters',
    summary: 'Get the progress of a redrive',
    scope: 'webhooks:read',
    params: idParameter,
    response: { status: 200, description: 'The redrive', data: redriveState, isBare: true },
    problems: { 404: 'No such redrive' },
    handle: ({ params }, deps) => describeRedrive(deps, params.id),
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/webhooks/redrives/{id}/cancel',
    tag: 'Dead letters',
    summary: 'Cancel a redrive',
    scope: 'webhooks:write',
    params: idParameter,
    response: { status: 202, description: 'The redrive is ending', data: redriveState, isBare: true },
    problems: { 404: 'No such redrive' },
    async handle({ params: { id }, actor }, deps) {
      const handle = deps.temporal.workflow.getHandle(redriveWorkflowId(id));
      await orNotFound(
        id,
        deps.temporal.withDeadline(Date.now() + deadlineMs, () => handle.cancel()),
      );
      await recordAudit(deps.db, { actor, action: 'dead-letter.cancel-redrive', target: id });
      return describeRedrive(deps, id);
    },
  }),
];

async function startRedrive(deps: ApiDeps, input: RedriveInput) {
  const { temporal, taskQueuePrefix } = deps;
  const id = randomUUIDv7();
  const workflowId = redriveWorkflowId(id);
  await temporal.withDeadline(Date.now() + deadlineMs, () =>
    temporal.workflow.start('redriveDeliveries', {
      ...{ workflowId, taskQueue: taskQueues(taskQueuePrefix).main, args: [input] },
      staticSummary: `Redrive of ${input.expected} dead letters`,
    }),
  );
  return { id, workflow_id: workflowId, web_ui: webUiLink(deps, workflowId) };
}

async function describeRedrive(deps: ApiDeps, id: string): Promise<z.input<typeof redriveState>> {
  const workflowId = redriveWorkflowId(id);
  const handle = deps.temporal.workflow.getHandle(workflowId);
  const { status } = await orNotFound(
    id,
    deps.temporal.withDeadline(Date.now() + deadlineMs, () => handle.describe()),
  );
  const progress = await deps.temporal
    .withDeadline(Date.now() + queryDeadlineMs, () => handle.query(redriveProgressQuery))
    .catch(() => null);
  return {
    ...{ id, workflow_id: workflowId, web_ui: webUiLink(deps, workflowId), status: status.name.toLowerCase() },
    ...{ total: progress?.total ?? null, redriven: progress?.redriven ?? null },
  };
}

async function orNotFound<T>(id: string, asked: Promise<T>): Promise<T> {
  return asked.catch((error) => {
    throw error instanceof WorkflowNotFoundError ? notFound(`There is no redrive ${id}.`) : error;
  });
}
