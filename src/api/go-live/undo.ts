import { z } from 'zod';
import { previewQuery } from '#api/contacts/decisions.ts';
import type { ApiDeps } from '#api/deps.ts';
import { conflict, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, pageOf, pageQuery, toPage } from '#api/rest/page.ts';
import { previewUndo } from '#contacts/undo/preview-undo.ts';
import { recordAudit } from '#db/audit-log.ts';
import type { RecordUndo } from '#db/contacts/tables.ts';
import { removeCanaryContacts, setAccountMode } from '#db/sync/account-modes.ts';
import { findGoLiveRun, finishUndo, type GoLiveRun, listRunsToUndo, startUndo } from '#db/sync/go-live-runs.ts';
import { listLeftRecords } from '#db/sync/go-live-writes.ts';
import { leftReasons } from '#domain/sync/undo-plan.ts';
import { undoGoLiveWorkflowId } from '#workflows/ids.ts';
import type { UndoGoLiveInput } from '#workflows/messages.ts';
import { taskQueues } from '#workflows/task-queues.ts';
import { goLiveRun, showRuns, undoCounts } from './show-run.ts';
import { isOpen } from './start-run.ts';

const leftRecord = z
  .object({
    id: z.uuid().meta({ description: 'Of the link to the record.' }),
    contactId: z.uuid(),
    externalId: z.string().nullable(),
    outcome: z.enum(['removed', 'restored', 'left']),
    reason: z
      .enum(leftReasons)
      .nullable()
      .meta({
        description:
          '`edited`: somebody changed it since. `last-record`: no other record of the person is left. `refusal`: Accord never lifts a refusal. ' +
          '`gone`: somebody deleted it. `refused`: the vendor refused the change.',
      }),
    fields: z.array(z.string()).meta({ description: 'The fields that stay. Empty for a record that stays as a whole.' }),
    error: z.string().nullable().meta({ description: 'The refusal of the vendor.' }),
  })
  .meta({ id: 'LeftRecord' });

export const undoOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/go-live/{id}',
    tag: 'Go live',
    summary: 'Get a run',
    scope: 'sync:read',
    params: idParameter,
    response: { status: 200, description: 'The run', data: goLiveRun },
    problems: { 404: 'No such run' },
    async handle({ params }, deps) {
      return show(deps, await getRun(deps, params.id));
    },
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/go-live/{id}/undo',
    tag: 'Go live',
    summary: 'Undo the writes of a go-live',
    description:
      'Deletes the records that were created since the run began, and gives those that were updated their former values, as long as nobody ' +
      'has edited them since: every write to the account counts, later runs and live changes included. The account is only observed again. ' +
      'The work goes on in the background; `GET /api/v1/go-live/{id}` shows the progress. An undo that has failed goes on with the next request.',
    scope: 'sync:write',
    params: idParameter,
    query: previewQuery,
    response: {
      status: 202,
      description: 'The writes that the undo reverses',
      data: z.object({
        preview: z.boolean(),
        run: goLiveRun,
        ...undoCounts,
        stays: z.array(leftRecord).meta({ description: 'The first 50 records that would stay, as a whole or in part.' }),
      }),
    },
    problems: { 404: 'No such run', 409: 'Undone already, running, or past the retention of its writes' },
    async handle({ params, query, actor }, deps) {
      const run = await getRun(deps, params.id);
      await assertUndoable(deps, run);
      const runIds = (await listRunsToUndo(deps.db, run)).map(({ id }) => id);
      const { counts, left } = await previewUndo(deps.contacts, runIds);
      const isPreview = query.preview === 'true';
      if (!isPreview) await start(deps, { run, runIds, actor });
      const stays = left.map(({ linkId, undo, ...record }) => showLeft({ id: linkId, ...record, undo }));
      return { preview: isPreview, run: await show(deps, await getRun(deps, run.id)), ...counts, stays };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/go-live/{id}/undo',
    tag: 'Go live',
    summary: 'List the records that an undo left, with the reasons',
    scope: 'sync:read',
    params: idParameter,
    query: z.strictObject(pageQuery),
    response: { status: 200, description: 'Records that stay, as a whole or in part', data: pageOf(leftRecord) },
    problems: { 404: 'No such run' },
    async handle({ params, query: { cursor = null, limit } }, deps) {
      const { id } = await getRun(deps, params.id);
      const rows = await listLeftRecords(deps.db, id, { after: cursor, limit: limit + 1 });
      return toPage(
        rows.map(({ linkId, ...row }) => ({ id: linkId, ...row })),
        limit,
        showLeft,
      );
    },
  }),
];

async function getRun({ db }: ApiDeps, id: string): Promise<GoLiveRun> {
  const run = await findGoLiveRun(db, id);
  if (!run) throw notFound(`There is no go-live ${id}. GET /api/v1/go-live lists the newest.`);
  return run;
}

async function show(deps: ApiDeps, run: GoLiveRun): Promise<z.input<typeof goLiveRun>> {
  const [shown] = await showRuns(deps, [run]);
  if (!shown) throw new Error('A run was not shown');
  return shown;
}

async function assertUndoable(deps: ApiDeps, { provider, undo_state: state }: GoLiveRun): Promise<void> {
  if (state === 'completed') throw conflict('already-undone', 'This go-live is undone already.');
  if (state === 'expired')
    throw conflict(
      'too-old',
      'The writes of this go-live are past their retention: undo a later one, or correct the records there.',
    );
  if (!deps.contacts.providers.has(provider))
    throw conflict('not-connected', `${provider} is not connected: set its environment variables, and restart.`);
  if (state === 'running' && (await isOpen(deps, undoGoLiveWorkflowId(deps.taskQueuePrefix, provider))))
    throw conflict('already-running', 'This go-live is being undone: wait for the end.');
}

/** Sets the mode first: from now on nothing is written to the account but by the undo. A go-live that runs stops by itself. */
async function start(
  { db, temporal, taskQueuePrefix, timing }: ApiDeps,
  { run: { id, provider }, runIds, actor }: { run: GoLiveRun; runIds: string[]; actor: string },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await setAccountMode(tx, provider, 'observe');
    await removeCanaryContacts(tx, provider);
    await startUndo(tx, runIds, actor);
    await recordAudit(tx, { actor, action: 'account.go-live-undo', target: provider, details: { run: id, runs: runIds.length } });
  });
  const input: UndoGoLiveInput = { runIds, provider, taskQueuePrefix, ...(timing && { timing }) };
  try {
    await temporal.withDeadline(Date.now() + 5_000, () =>
      temporal.workflow.start('undoGoLive', {
        workflowId: undoGoLiveWorkflowId(taskQueuePrefix, provider),
        taskQueue: taskQueues(taskQueuePrefix).main,
        args: [input],
        // One that has ended may need a moment to close.
        workflowIdConflictPolicy: 'TERMINATE_EXISTING',
        staticSummary: `Undo of the go-live of ${provider}`,
      }),
    );
  } catch (error) {
    await finishUndo(db, runIds, { state: 'failed', error: 'Temporal could not be reached.' });
    throw error;
  }
}

function showLeft({
  undo,
  ...record
}: {
  id: string;
  contactId: string;
  externalId: string | null;
  undo: Omit<RecordUndo, 'at'>;
}): z.input<typeof leftRecord> {
  const { outcome, reason, fields, error } = undo;
  return { ...record, outcome, reason, fields, error };
}
