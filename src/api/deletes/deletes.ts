import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, nextCursor, pageQuery, toPage } from '#api/rest/page.ts';
import { deleteDecisions } from '#contacts/deletes/decide-delete.ts';
import { countDeleteRequests, listDeleteRequests } from '#db/deletes/delete-requests.ts';
import { decideOne, refuse } from './decide-one.ts';
import { bulkDecision, bulkResult, decided, deleteRequest, filterShape, state } from './delete-schemas.ts';
import { showDeletes } from './show-deletes.ts';

const root = '/api/v1/deletes';

const texts = {
  approve: {
    summary: 'Delete the record',
    description:
      'Accord reads the record first. If the record or the contact has changed since, nothing is deleted, and the request is open again. ' +
      '`undo` creates the record again.',
  },
  reject: { summary: 'Keep the record', description: 'Also withdraws an approval, until the deletion begins.' },
  restore: {
    summary: 'Keep the record, and create the lost one again',
    description:
      'The lost record gets a new id and the values that Accord syncs. Values that only the vendor held are lost. Ends the other requests ' +
      'that the same deletion caused.',
  },
  undo: {
    summary: 'Create a deleted record again',
    description: 'It gets a new id and the values that Accord syncs. Values that only the vendor held are lost.',
  },
};

/** Requests that follow from deletions at one account, for a person to decide. */
export const deleteOperations = [
  defineOperation({
    method: 'get',
    path: root,
    tag: 'Deletes',
    summary: 'List delete requests, newest first',
    description:
      'When a record is deleted at one account, Accord requests a decision on each record of the same person at other accounts, as far as ' +
      'accord.yaml does not decide it.',
    scope: 'sync:read',
    query: z.strictObject({ state: state.default('open'), ...filterShape, ...pageQuery }),
    response: {
      status: 200,
      description: 'A page of requests, each with its record',
      data: z.object({
        deletes: z.array(deleteRequest),
        next: nextCursor,
      }),
    },
    async handle({ query: { cursor, limit, ...filter } }, deps) {
      const rows = await listDeleteRequests(deps.db, { filter, cursor, limit: limit + 1 });
      const { data, next } = toPage(rows, limit, (row) => row);
      return { deletes: await showDeletes(deps, data), next };
    },
  }),
  defineOperation({
    method: 'post',
    path: `${root}/decide`,
    tag: 'Deletes',
    summary: 'Decide many requests at once',
    description:
      'Decides open requests, or for `undo`, requests whose record was deleted. Each is decided separately. A request that somebody else ' +
      'decides meanwhile is skipped.',
    scope: 'sync:write',
    body: bulkDecision,
    response: { status: 200, description: 'The requests, decided unless it is a dry run', data: bulkResult },
    async handle({ body: { decision, filter: given, dryRun, limit }, actor }, deps) {
      const filter = { ...given, state: decision === 'undo' ? ('deleted' as const) : ('open' as const) };
      const rows = await listDeleteRequests(deps.db, { filter, limit: limit + 1 });
      const records = await countDeleteRequests(deps.db, filter);
      const deletes = [];
      for (const { id } of rows.slice(0, limit))
        deletes.push({ id, outcome: dryRun ? ('would-decide' as const) : await tryOne(deps, { id, decision, actor }) });
      const total = Object.values(records).reduce((sum, count) => sum + count, 0);
      return { dryRun, total, records, deletes, hasMore: rows.length > limit };
    },
  }),
  ...deleteDecisions.map((decision) =>
    defineOperation({
      method: 'post',
      path: `${root}/{id}/${decision}`,
      tag: 'Deletes',
      ...texts[decision],
      scope: 'sync:write',
      params: idParameter,
      body: z
        .strictObject({
          revision: z
            .string()
            .max(100)
            .optional()
            .meta({ description: 'The `revision` of the request as it was read. If it has changed, nothing is decided.' }),
        })
        .default({}),
      response: { status: 200, description: 'The decision is stored, and the sync of the person is requested', data: decided },
      problems: { 404: 'No such request', 409: 'It is decided already, it has changed, or the account is not written to' },
      async handle({ params: { id }, body: { revision = null }, actor }, deps) {
        const { result, writes, sync } = await decideOne(deps, { id, decision, actor, revision });
        if (result.outcome !== 'decided') throw refuse(result, id);
        return { id, state: result.state, contactId: result.contactId, writes, sync };
      },
    }),
  ),
];

async function tryOne(deps: ApiDeps, request: Parameters<typeof decideOne>[1]) {
  const { outcome } = (await decideOne(deps, request)).result;
  return outcome === 'unknown' || outcome === 'changed' ? 'decided-before' : outcome;
}
