import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, pageOf, pageQuery, timeFilter, toPage } from '#api/rest/page.ts';
import { recordAudit } from '#db/audit-log.ts';
import {
  countDeadLetters,
  type DeadLetterFilter,
  discardDeadLetters,
  listDeadLetters,
  redriveDeadLetters,
} from '#db/delivery/dead-letters.ts';
import { findDelivery } from '#db/delivery/delivery-history.ts';
import { exportDeadLetters } from './dead-letter-export.ts';
import { assertActive, conflict, noDelivery } from './deliveries.ts';
import { deadReasons, delivery, eventTypes, toDelivery } from './delivery-schemas.ts';

export const deadLetterPath = '/api/v1/webhooks/dead-letters';

const filters = {
  endpoint_id: z.uuid().optional(),
  event_type: z.enum(eventTypes).optional(),
  contact_id: z.uuid().optional(),
  error_class: z.string().max(100).optional().meta({ description: 'Of the last attempt, such as `timeout`.' }),
  reason: z.enum(deadReasons).optional().meta({ description: 'Why it was given up.' }),
  since: timeFilter.optional().meta({ description: 'Dead since then or later.' }),
  until: timeFilter.optional().meta({ description: 'Dead before then.' }),
};

export const deadLetterFilter = z
  .strictObject({ ...filters, ids: z.array(z.uuid()).min(1).max(1_000).optional() })
  .meta({ id: 'DeadLetterFilter', description: 'All conditions must hold; none means all dead letters.' });

/** All that a call discards at once; more takes another call. */
const mostDiscarded = 100_000;

const note = z.string().trim().min(1).max(1_000).meta({ description: 'Why nobody needs it any more.' });

export const deadLetterOperations = [
  defineOperation({
    method: 'get',
    path: deadLetterPath,
    tag: 'Dead letters',
    summary: 'Deliveries that were given up, newest first',
    scope: 'webhooks:read',
    query: z.strictObject({ ...filters, ...pageQuery }),
    response: { status: 200, description: 'A page of dead letters', data: pageOf(delivery), isBare: true },
    async handle({ query: { cursor, limit, ...filter } }, { db }) {
      return toPage(
        await listDeadLetters(db, { filter: toDeadLetterFilter(filter), cursor, limit: limit + 1 }),
        limit,
        toDelivery,
      );
    },
  }),
  defineOperation({
    method: 'get',
    path: `${deadLetterPath}/export`,
    tag: 'Dead letters',
    summary: 'All dead letters as a file',
    description: 'As JSON with their payloads, or as CSV without.',
    scope: 'webhooks:read',
    query: z.strictObject({ ...filters, format: z.enum(['json', 'csv']).default('json') }),
    response: {
      status: 200,
      description: 'The file',
      data: z.array(delivery.extend({ payload: z.unknown() })),
      isBare: true,
      downloads: ['text/csv'],
    },
    async handle({ query: { format, ...filter } }, { db }) {
      return exportDeadLetters(db, { filter: toDeadLetterFilter(filter), format });
    },
  }),
  defineOperation({
    method: 'post',
    path: `${deadLetterPath}/discard`,
    tag: 'Dead letters',
    summary: 'Settle dead letters that nobody needs',
    description: `With \`dry_run\` they are only counted. At most ${mostDiscarded.toLocaleString('en')} at once.`,
    scope: 'webhooks:write',
    isAtomic: true,
    body: z.strictObject({ filter: deadLetterFilter, note, dry_run: z.boolean().default(false) }),
    response: {
      status: 200,
      description: 'How many matched, and how many were discarded',
      data: z.object({ matching: z.int(), discarded: z.int() }),
      isBare: true,
    },
    async handle({ body, actor }, { db }) {
      const filter = toDeadLetterFilter(body.filter);
      const { matching } = await countDeadLetters(db, filter);
      if (body.dry_run) return { matching, discarded: 0 };
      const discarded = await discardDeadLetters(db, { filter, note: body.note, limit: mostDiscarded });
      await recordAudit(db, {
        actor,
        action: 'dead-letter.discard',
        target: 'several',
        details: { filter, discarded, note: body.note },
      });
      return { matching, discarded };
    },
  }),
  defineOperation({
    method: 'post',
    path: `${deadLetterPath}/{id}/redrive`,
    tag: 'Dead letters',
    summary: 'Send one dead letter again',
    description: 'It is due now, with all the retries of its endpoint.',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    response: { status: 202, description: 'It is due', data: delivery, isBare: true },
    problems: { 404: 'No such delivery', 409: 'It is not dead, or its endpoint is switched off' },
    async handle({ params: { id }, actor }, deps) {
      await assertActive(deps, await getDead(deps, id));
      await redriveDeadLetters(deps.db, { filter: { ids: [id] }, limit: 1 });
      await recordAudit(deps.db, { actor, action: 'dead-letter.redrive', target: id });
      return showDelivery(deps, id);
    },
  }),
  defineOperation({
    method: 'post',
    path: `${deadLetterPath}/{id}/discard`,
    tag: 'Dead letters',
    summary: 'Settle a dead letter that nobody needs',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    body: z.strictObject({ note }),
    response: { status: 200, description: 'It is discarded', data: delivery, isBare: true },
    problems: { 404: 'No such delivery', 409: 'It is not dead' },
    async handle({ params: { id }, body, actor }, deps) {
      await getDead(deps, id);
      await discardDeadLetters(deps.db, { filter: { ids: [id] }, note: body.note, limit: 1 });
      await recordAudit(deps.db, { actor, action: 'dead-letter.discard', target: id, details: body });
      return showDelivery(deps, id);
    },
  }),
];

/** As queries and workflows know it; the names of the API are those of JSON. */
export function toDeadLetterFilter(filter: z.output<typeof deadLetterFilter>): DeadLetterFilter {
  const {
    ids,
    endpoint_id: endpointId,
    event_type: eventType,
    contact_id: contactId,
    error_class: errorClass,
    reason,
    since,
    until,
  } = filter;
  const all = { ids, endpointId, eventType, contactId, errorClass, reason, since, until };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Nobody else redrives or discards it meanwhile. */
async function getDead({ db }: ApiDeps, id: string) {
  const row = await findDelivery(db, id, { isLocked: true });
  if (!row) throw noDelivery(id);
  if (row.state !== 'dead') throw conflict('not-dead', `The delivery is ${row.state}, and no dead letter.`);
  return row;
}

async function showDelivery({ db }: ApiDeps, id: string) {
  const row = await findDelivery(db, id);
  if (!row) throw noDelivery(id);
  return toDelivery(row);
}
