import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { conflict } from '#api/rest/errors.ts';
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
import { assertActive, noDelivery } from './deliveries.ts';
import { deadReasons, delivery, eventTypes, toDelivery } from './delivery-schemas.ts';

export const deadLetterPath = '/api/v1/webhooks/dead-letters';

const filters = {
  endpoint_id: z.uuid().optional(),
  event_type: z.enum(eventTypes).optional(),
  contact_id: z.uuid().optional(),
  error_class: z.string().max(100).optional().meta({ description: 'Error class of the last attempt, such as `timeout`.' }),
  reason: z.enum(deadReasons).optional().meta({ description: 'Why it became a dead letter.' }),
  since: timeFilter.optional().meta({ description: 'Dead since this time or later.' }),
  until: timeFilter.optional().meta({ description: 'Dead before this time.' }),
};

export const deadLetterFilter = z
  .strictObject({ ...filters, ids: z.array(z.uuid()).min(1).max(1_000).optional() })
  .meta({ id: 'DeadLetterFilter', description: 'All given conditions must hold. No conditions: all dead letters.' });

/** Per call. Repeat the call to discard more. */
const maxDiscarded = 100_000;

const note = z.string().trim().min(1).max(1_000).meta({ description: 'The reason.' });

export const deadLetterOperations = [
  defineOperation({
    method: 'get',
    path: deadLetterPath,
    tag: 'Dead letters',
    summary: 'List dead letters, newest first',
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
    summary: 'Export dead letters as a file',
    description: 'JSON with payloads, or CSV without.',
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
    summary: 'Discard dead letters',
    description: `With \`dry_run\` they are only counted. Maximum ${maxDiscarded.toLocaleString('en')} per call.`,
    scope: 'webhooks:write',
    isAtomic: true,
    body: z.strictObject({ filter: deadLetterFilter, note, dry_run: z.boolean().default(false) }),
    response: {
      status: 200,
      description: 'Numbers of matching and of discarded dead letters',
      data: z.object({ matching: z.int(), discarded: z.int() }),
      isBare: true,
    },
    async handle({ body, actor }, { db }) {
      const filter = toDeadLetterFilter(body.filter);
      const { matching } = await countDeadLetters(db, filter);
      if (body.dry_run) return { matching, discarded: 0 };
      const discarded = await discardDeadLetters(db, { filter, note: body.note, limit: maxDiscarded });
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
    summary: 'Redrive one dead letter',
    description: 'Makes it due now, with all retries of its endpoint.',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    response: { status: 202, description: 'The delivery is due', data: delivery, isBare: true },
    problems: { 404: 'No such delivery', 409: 'The delivery is not dead, or its endpoint is disabled' },
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
    summary: 'Discard one dead letter',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    body: z.strictObject({ note }),
    response: { status: 200, description: 'The discarded delivery', data: delivery, isBare: true },
    problems: { 404: 'No such delivery', 409: 'The delivery is not dead' },
    async handle({ params: { id }, body, actor }, deps) {
      await getDead(deps, id);
      await discardDeadLetters(deps.db, { filter: { ids: [id] }, note: body.note, limit: 1 });
      await recordAudit(deps.db, { actor, action: 'dead-letter.discard', target: id, details: body });
      return showDelivery(deps, id);
    },
  }),
];

/** The filter with the names of queries and workflows, without undefined values. */
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

/** Locks the delivery. Throws a problem when it is missing or not dead. */
async function getDead({ db }: ApiDeps, id: string) {
  const row = await findDelivery(db, id, { isLocked: true });
  if (!row) throw noDelivery(id);
  if (row.state !== 'dead') throw conflict('not-dead', `The delivery is ${row.state}, not dead.`);
  return row;
}

async function showDelivery({ db }: ApiDeps, id: string) {
  const row = await findDelivery(db, id);
  if (!row) throw noDelivery(id);
  return toDelivery(row);
}
