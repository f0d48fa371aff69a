import { type Request, Router } from 'express';
import { z } from 'zod';
import type { Account } from '#sandbox/google/account.ts';
import { parseReadMask } from '#sandbox/google/request/masks.ts';
import { flag, pageSize, repeated, sources } from '#sandbox/google/request/parse-request.ts';
import type { Cost } from '#sandbox/google/request/quota.ts';
import { listConnections } from '#sandbox/google/sync/list-connections.ts';
import { sortOrders } from '#sandbox/google/sync/sort-people.ts';

const querySchema = z.strictObject({
  personFields: z.string().optional(),
  pageSize: pageSize({ standard: 100, max: 1_000 }),
  pageToken: z.string().optional(),
  requestSyncToken: flag,
  sortOrder: z.enum(sortOrders).default('LAST_MODIFIED_ASCENDING'),
  sources: repeated.pipe(sources),
  syncToken: z.string().optional(),
});

/** Google docs: people.connections.list. Only `people/me` is supported. */
export function connectionsRoute(account: Account): Router {
  return Router().get(
    '/people/me/connections',
    account.gate({
      access: 'read',
      cost: costOf,
      query: querySchema,
      handle({ query: { personFields, ...request } }) {
        return listConnections(account, { ...request, mask: parseReadMask(personFields, 'personFields') });
      },
    }),
  );
}

/** Google docs: the first page of a full sync has its own quota. */
function costOf({ query }: Request): Cost {
  const isFullSync = query.requestSyncToken === 'true' && !query.syncToken && !query.pageToken;
  return { criticalReads: 1, ...(isFullSync && { fullSyncs: 1 }) };
}
