import { z } from 'zod';
import { syncOutcome } from '#api/contacts/contact-parameter.ts';
import { decide, previewQuery, remoteWrite } from '#api/contacts/decisions.ts';
import { regionsOf } from '#api/contacts/regions-of.ts';
import { ApiProblem, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { nextCursor, pageQuery, toPage } from '#api/rest/page.ts';
import { liftSuppressions, refreshHolders, suppress } from '#contacts/consent/suppress.ts';
import { recordAudit } from '#db/audit-log.ts';
import { findSuppression, listByKeys, listSuppressions, type Suppression } from '#db/consent/suppressions.ts';
import type { RefusalKey } from '#domain/refusal.ts';
import { readEntry } from '#domain/suppression.ts';
import { channel, channels, reason } from './consent-schemas.ts';
import { toSearchedPart } from './searched-part.ts';

const suppression = z
  .object({
    id: z.uuid(),
    channel,
    kind: z.enum(['phone', 'email']),
    value: z.string().meta({ description: 'E.164, with `;ext=` for an extension; or the address.' }),
    via: z.enum(['operator', 'import']),
    actor: z.string().meta({ description: '`api-key:<name>`.' }),
    reason: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Suppression' });

export const suppressionFilter = {
  q: z.string().trim().min(1).max(320).optional().meta({ description: 'Part of an address, or of a number in any format.' }),
  channel: channel.optional(),
  kind: z.enum(['phone', 'email']).optional(),
};

const changed = {
  contactIds: z
    .array(z.uuid())
    .meta({ description: 'Up to 25 contacts with the number or address. The others are updated when their records are read.' }),
  preview: z.boolean(),
  writes: z.array(remoteWrite).meta({ description: 'The writes to providers that follow, of these contacts.' }),
  sync: syncOutcome.nullable().meta({ description: 'Null for a preview.' }),
};

const body = z
  .strictObject({
    phone: z.string().min(1).max(100).optional().meta({ description: 'In any format.' }),
    email: z.string().min(1).max(320).optional(),
    channels: channels.optional().meta({ description: 'Default: `call` and `sms` of a number, `email` of an address.' }),
    reason: reason.optional(),
    wording: z.string().trim().min(1).max(2_000).optional().meta({ description: 'The person’s own words.' }),
    region: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .optional()
      .meta({ description: 'The country of a number without a country code. Default: the country of the accounts.' }),
  })
  .refine(({ phone, email }) => (phone === undefined) !== (email === undefined), 'Give either a phone or an email.');

/** The suppression list: numbers and addresses that must not be contacted. */
export const suppressionOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/suppressions',
    tag: 'Consent',
    summary: 'List the suppressed numbers and addresses, newest first',
    scope: 'sync:read',
    query: z.strictObject({ ...suppressionFilter, ...pageQuery }),
    response: {
      status: 200,
      description: 'A page of entries, one per channel',
      data: z.object({
        suppressions: z.array(suppression),
        next: nextCursor,
      }),
    },
    async handle({ query: { cursor, limit, q, ...filter } }, deps) {
      const wanted = { ...filter, q: q === undefined ? undefined : toSearchedPart(q, regionsOf(deps)) };
      const rows = await listSuppressions(deps.db, { filter: wanted, cursor, limit: limit + 1 });
      const { data: suppressions, next } = toPage(rows, limit, showSuppression);
      return { suppressions, next };
    },
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/suppressions',
    tag: 'Consent',
    summary: 'Suppress a number or an address',
    description:
      'Applies to every contact that has it, now or later. Contacts leave the dialer at high priority. An existing entry is returned ' +
      'unchanged.',
    scope: 'sync:write',
    query: previewQuery,
    body,
    response: {
      status: 200,
      description: 'The number or address is suppressed, and the sync of its contacts is requested',
      data: z.object({ suppressions: z.array(suppression), added: z.int(), ...changed }),
    },
    async handle({ body: wanted, query, actor }, deps) {
      const keys = toKeys(wanted, wanted.region === undefined ? regionsOf(deps) : [wanted.region]);
      const isPreview = query.preview === 'true';
      const { result, ...made } = await decide(deps, { isPreview }, async (transaction) => {
        const { reason: why = null, wording = null } = wanted;
        const { added } = await suppress(transaction, { keys, source: 'operator', actor, reason: why, wording });
        for (const { id, channel: by, kind } of isPreview ? [] : added)
          await recordAudit(transaction.tx, { actor, action: 'suppression.add', target: id, details: { channel: by, kind } });
        const contactIds = await refreshHolders(transaction, keys);
        const entries = await listByKeys(transaction.tx, keys);
        return { result: { entries, added: added.length, contactIds }, effect: { contactIds } };
      });
      const { entries, added, contactIds } = result;
      return { suppressions: entries.map(showSuppression), added, contactIds, preview: isPreview, ...made };
    },
  }),
  defineOperation({
    method: 'delete',
    path: '/api/v1/suppressions/{id}',
    tag: 'Consent',
    summary: 'Remove an entry from the suppression list',
    description: 'Contacts can enter audiences again unless another refusal applies. The reason is kept as evidence.',
    scope: 'sync:write',
    params: z.object({ id: z.uuid() }),
    query: previewQuery,
    body: z.strictObject({ reason: reason.meta({ description: 'How the person gave permission.' }) }),
    response: {
      status: 200,
      description: 'The entry is lifted, and the sync of its contacts is requested',
      data: z.object({ suppression, ...changed }),
    },
    problems: { 404: 'No such entry' },
    async handle({ params: { id }, body: { reason: why }, query, actor }, deps) {
      const found = await findSuppression(deps.db, id);
      const isPreview = query.preview === 'true';
      const { result, ...made } = await decide(deps, { isPreview }, async (transaction) => {
        const { lifted } = await liftSuppressions(transaction, { ids: [id], actor, reason: why });
        if (lifted.length === 0) return { result: null, effect: null };
        const details = { reason: why };
        if (!isPreview) await recordAudit(transaction.tx, { actor, action: 'suppression.lift', target: id, details });
        const contactIds = await refreshHolders(transaction, lifted);
        return { result: contactIds, effect: { contactIds } };
      });
      if (found === null || result === null) throw notFound(`There is no entry ${id} on the suppression list.`);
      return { suppression: showSuppression(found), contactIds: result, preview: isPreview, ...made };
    },
  }),
];

export function showSuppression({ id, channel: by, kind, value, source, actor, reason: why, createdAt }: Suppression) {
  return { id, channel: by, kind, value, via: source, actor, reason: why, createdAt: createdAt.toISOString() };
}

function toKeys({ phone, email, channels: wanted }: z.output<typeof body>, regions: readonly string[]): RefusalKey[] {
  const kind = phone === undefined ? 'email' : 'phone';
  const read = readEntry({ kind, text: phone ?? email ?? '', channels: wanted ?? null }, regions);
  if (read.kind === 'keys') return read.keys;
  const errors = [{ pointer: `/body/${kind}`, detail: read.because }];
  throw new ApiProblem({ status: 400, code: 'invalid-input', detail: 'The request is not valid: see errors.', errors });
}
