import { z } from 'zod';
import { defineOperation } from '#api/rest/operation.ts';
import { listInboxEvents, listRefusals } from '#db/sync/inbox.ts';
import { toTraceFacts } from '#tracing/tracing.ts';

const inboxEvent = z
  .object({
    id: z.string(),
    provider: z.string(),
    eventId: z.string().nullable().meta({ description: 'The vendor’s id of the event, if it has one.' }),
    type: z.string(),
    accountId: z.string(),
    externalId: z.string(),
    linkId: z.string().nullable(),
    scheme: z.string().meta({ description: 'How the sender was verified, such as `ed25519`.' }),
    isEcho: z.boolean().meta({
      description: 'Whether Accord knew this version of the record already, mostly from its own write, and read nothing.',
    }),
    traceId: z.string().nullable().meta({ description: 'The id of its trace, which the log lines about it have, too.' }),
    occurredAt: z.iso.datetime().nullable(),
    receivedAt: z.iso.datetime(),
  })
  .meta({ id: 'InboxEvent' });

const refusal = z
  .object({
    id: z.string(),
    route: z.string(),
    status: z.int(),
    code: z.string(),
    reason: z.string(),
    remoteAddress: z.string().nullable(),
    count: z.int().meta({ description: 'Refusals of this route and code within a second; the rest is of the first of them.' }),
    refusedAt: z.iso.datetime(),
  })
  .meta({ id: 'Refusal' });

const page = z.object({
  before: z.uuid().optional().meta({ description: '`next` of the previous page.' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const next = z.string().nullable().meta({ description: 'Value of `before` for the next page; null on the last page.' });

export const inboxOperations = [
  defineOperation({
    method: 'get',
    path: '/inbox/events',
    tag: 'Inbox',
    summary: 'List accepted webhooks, newest first',
    description: 'Bodies are left out.',
    scope: 'inbox:read',
    query: page,
    response: { status: 200, description: 'A page of events', data: z.object({ events: z.array(inboxEvent), next }) },
    async handle({ query }, { db }) {
      const rows = await listInboxEvents(db, query);
      const events = rows.map((row) => ({
        id: row.id,
        provider: row.provider,
        eventId: row.event_id,
        type: row.type,
        accountId: row.account_id,
        externalId: row.external_id,
        linkId: row.link_id,
        scheme: row.scheme,
        isEcho: row.is_echo,
        traceId: toTraceFacts(row.traceparent).traceId ?? null,
        occurredAt: row.occurred_at?.toISOString() ?? null,
        receivedAt: row.received_at.toISOString(),
      }));
      return { events, next: nextOf(rows, query.limit) };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/inbox/refusals',
    tag: 'Inbox',
    summary: 'List refused webhooks, newest first',
    description: 'One for all refusals of a route, code and second, with their number. Bodies are not stored.',
    scope: 'inbox:read',
    query: page,
    response: { status: 200, description: 'A page of refusals', data: z.object({ refusals: z.array(refusal), next }) },
    async handle({ query }, { db }) {
      const rows = await listRefusals(db, query);
      const refusals = rows.map(({ remote_address, refused_at, ...row }) => ({
        ...row,
        remoteAddress: remote_address,
        refusedAt: refused_at.toISOString(),
      }));
      return { refusals, next: nextOf(rows, query.limit) };
    },
  }),
];

function nextOf(rows: { id: string }[], limit: number): string | null {
  return rows.length < limit ? null : (rows.at(-1)?.id ?? null);
}
