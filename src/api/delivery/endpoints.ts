import { z } from 'zod';
import type { ApiDeps, DeliverySettings } from '#api/deps.ts';
import { ApiProblem, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, pageOf, pageQuery, toPage } from '#api/rest/page.ts';
import { withTimeout } from '#concurrency/with-timeout.ts';
import { recordAudit } from '#db/audit-log.ts';
import { notifyDue } from '#db/delivery/deliveries.ts';
import { halfOpenBreaker } from '#db/delivery/endpoint-health.ts';
import {
  countBeforeCreate,
  createEndpoint,
  deleteEndpoint,
  disableEndpoint,
  findEndpoint,
  listEndpoints,
  updateEndpoint,
} from '#db/delivery/endpoints.ts';
import type { EndpointRow } from '#db/delivery/tables.ts';
import type { SealingKey } from '#db/seal.ts';
import { checkHost, checkUrl } from '#delivery/check-url.ts';
import { redactUrl } from '#delivery/headers.ts';
import { newSecret } from '#delivery/sign.ts';
import { endpoint, endpointChange, endpointWithSecret, newEndpoint, toEndpoint, toSettings } from './endpoint-schemas.ts';

export const endpointOperations = [
  defineOperation({
    method: 'post',
    path: '/api/v1/webhooks',
    tag: 'Lead webhooks',
    summary: 'Create an endpoint',
    description: 'Only this response contains the secret. It signs each delivery: see docs/webhooks.md.',
    scope: 'webhooks:write',
    isAtomic: true,
    body: newEndpoint,
    response: { status: 201, description: 'The new endpoint', data: endpointWithSecret, isBare: true },
    problems: { 409: 'ACCORD_ENCRYPTION_KEY is not set, or there are as many endpoints as accord.yaml allows' },
    check: ({ body }, deps) => assertReachable(body.url, requireDeliverySettings(deps).guard),
    async handle({ body, actor }, deps) {
      const { encryptionKey, maxEndpoints = 50 } = requireDeliverySettings(deps);
      if ((await countBeforeCreate(deps.db)) >= maxEndpoints) throw tooManyEndpoints(maxEndpoints);
      const { secret = newSecret(), ...wanted } = body;
      const { timeout, ...settings } = wanted;
      const row = await createEndpoint(deps.db, encryptionKey, {
        ...settings,
        timeout_seconds: timeout,
        secret,
      });
      const { custom_headers: headers, ...details } = wanted;
      await recordAudit(deps.db, {
        actor,
        action: 'webhook.create',
        target: row.id,
        details: { ...details, url: redactUrl(details.url), headers: namesOf(headers) },
      });
      return { ...toEndpoint(row, encryptionKey), secret };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/webhooks',
    tag: 'Lead webhooks',
    summary: 'List endpoints, newest first',
    description: 'Values in the query of a URL may be tokens, and are shown only by the operation of one endpoint.',
    scope: 'webhooks:read',
    query: z.strictObject({ is_active: z.stringbool().optional(), ...pageQuery }),
    response: { status: 200, description: 'A page of endpoints', data: pageOf(endpoint), isBare: true },
    async handle({ query: { is_active, cursor, limit } }, deps) {
      const rows = await listEndpoints(deps.db, { cursor, limit: limit + 1, isActive: is_active });
      return toPage(rows, limit, (row) => show(deps, { ...row, url: redactUrl(row.url) }));
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/webhooks/{id}',
    tag: 'Lead webhooks',
    summary: 'Get one endpoint and its health',
    scope: 'webhooks:read',
    params: idParameter,
    response: { status: 200, description: 'The endpoint', data: endpoint, isBare: true },
    problems: { 404: 'No such endpoint' },
    async handle({ params }, deps) {
      return show(deps, await getEndpoint(deps, params.id));
    },
  }),
  defineOperation({
    method: 'patch',
    path: '/api/v1/webhooks/{id}',
    tag: 'Lead webhooks',
    summary: 'Change an endpoint',
    description:
      'Headers and filters are replaced as a whole. A URL of another origin drops the headers unless they are sent again, because they may hold secrets of the old one. Pending deliveries use the new settings. After a change of URL or headers one of them is sent at once, even if the breaker is open.',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    body: endpointChange,
    response: { status: 200, description: 'The changed endpoint', data: endpoint, isBare: true },
    problems: { 404: 'No such endpoint', 409: 'ACCORD_ENCRYPTION_KEY is not set' },
    async check({ params: { id }, body }, deps) {
      const { guard } = requireDeliverySettings(deps);
      const { url } = await getEndpoint(deps, id);
      if (body.url !== undefined && body.url !== url) await assertReachable(body.url, guard);
    },
    async handle({ params: { id }, body, actor }, deps) {
      const { encryptionKey } = requireDeliverySettings(deps);
      const before = await getEndpoint(deps, id, { isLocked: true });
      const isSwitched = body.is_active !== undefined && body.is_active !== before.is_active;
      const wanted = dropsHeaders(body, before) ? { ...body, custom_headers: null } : body;
      const { is_active, ...rest } = wanted;
      const row = await updateEndpoint(deps.db, encryptionKey, id, toSettings(isSwitched ? { ...rest, is_active } : rest));
      if (!row) throw noEndpoint(id);
      if (row.url !== before.url || wanted.custom_headers !== undefined) await halfOpenBreaker(deps.db, id);
      if (row.is_active) await notifyDue(deps.db, [id]);
      await recordAudit(deps.db, { actor, action: 'webhook.update', target: id, details: differences(wanted, before) });
      return show(deps, await getEndpoint(deps, id));
    },
  }),
  defineOperation({
    method: 'delete',
    path: '/api/v1/webhooks/{id}',
    tag: 'Lead webhooks',
    summary: 'Delete an endpoint',
    description: 'Cancels its pending deliveries. Its deliveries stay visible until their retention ends.',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    response: { status: 204, description: 'The endpoint is deleted', data: z.null() },
    problems: { 404: 'No such endpoint' },
    async handle({ params: { id }, actor }, { db }) {
      const endpoint = await findEndpoint(db, id);
      if (!endpoint || !(await deleteEndpoint(db, id))) throw noEndpoint(id);
      await recordAudit(db, { actor, action: 'webhook.delete', target: id, details: { url: redactUrl(endpoint.url) } });
      return null;
    },
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/webhooks/{id}/enable',
    tag: 'Lead webhooks',
    summary: 'Enable an endpoint',
    description:
      'Resets its failure record and sends its pending deliveries. If failures had disabled it, one delivery tests it first, and after a success the dead letters of the outage are redriven.',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    response: { status: 200, description: 'The endpoint', data: endpoint, isBare: true },
    problems: { 404: 'No such endpoint', 409: 'ACCORD_ENCRYPTION_KEY is not set' },
    async handle({ params: { id }, actor }, deps) {
      const row = await updateEndpoint(deps.db, requireDeliverySettings(deps).encryptionKey, id, { is_active: true });
      if (!row) throw noEndpoint(id);
      await notifyDue(deps.db, [id]);
      await recordAudit(deps.db, { actor, action: 'webhook.enable', target: id });
      return show(deps, row);
    },
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/webhooks/{id}/disable',
    tag: 'Lead webhooks',
    summary: 'Disable an endpoint',
    description: 'It gets no new events. Its pending deliveries wait until it is enabled.',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    response: { status: 200, description: 'The endpoint', data: endpoint, isBare: true },
    problems: { 404: 'No such endpoint' },
    async handle({ params: { id }, actor }, deps) {
      if (await disableEndpoint(deps.db, id, 'operator'))
        await recordAudit(deps.db, { actor, action: 'webhook.disable', target: id });
      return show(deps, await getEndpoint(deps, id));
    },
  }),
];

/** Throws a 404 problem when there is no such endpoint. */
export async function getEndpoint({ db }: ApiDeps, id: string, options: { isLocked?: boolean } = {}): Promise<EndpointRow> {
  const row = await findEndpoint(db, id, options);
  if (!row) throw noEndpoint(id);
  return row;
}

/** Throws a 409 problem without an encryption key, because secrets are never stored in plain text. */
export function requireDeliverySettings({ delivery }: ApiDeps): DeliverySettings & { encryptionKey: SealingKey } {
  if (delivery?.encryptionKey) return { ...delivery, encryptionKey: delivery.encryptionKey };
  throw new ApiProblem({
    status: 409,
    code: 'not-configured',
    detail: 'Set ACCORD_ENCRYPTION_KEY (see .env.example) and restart. Endpoint secrets are only stored encrypted.',
  });
}

function tooManyEndpoints(max: number): ApiProblem {
  const detail = `There are ${max} endpoints already. Delete one, or raise webhooks.maxEndpoints in accord.yaml.`;
  return new ApiProblem({ status: 409, code: 'too-many-endpoints', detail });
}

/** The 404 problem of an unknown endpoint. */
export function noEndpoint(id: string): ApiProblem {
  return notFound(`There is no endpoint ${id}.`);
}

function show({ delivery }: ApiDeps, row: EndpointRow) {
  return toEndpoint(row, delivery?.encryptionKey ?? null);
}

/** A name server may take longer. Each delivery resolves the name again. */
const resolveTimeoutMs = 2_000;

async function assertReachable(url: string, guard: DeliverySettings['guard']): Promise<void> {
  const detail = checkUrl(url, guard) ?? (await withTimeout(checkHost(url, guard), { ms: resolveTimeoutMs }).catch(() => null));
  if (detail === null) return;
  throw new ApiProblem({ status: 400, code: 'invalid-input', detail, errors: [{ pointer: '/body/url', detail }] });
}

/** Headers hold secrets of the host that they were entered for: a new URL must not make Accord send them to somebody else. */
function dropsHeaders({ url, custom_headers: headers }: z.output<typeof endpointChange>, before: EndpointRow): boolean {
  if (url === undefined || headers !== undefined || before.custom_headers === null) return false;
  return new URL(url).origin !== new URL(before.url).origin;
}

const namesOf = (headers: object | null | undefined): string[] => Object.keys(headers ?? {});

/** The audit details of a change: values before and after, and only the names of headers. */
function differences({ custom_headers: headers, ...after }: z.output<typeof endpointChange>, before: EndpointRow): object {
  const known: Record<string, unknown> = { ...before, url: redactUrl(before.url), timeout: before.timeout_seconds };
  return {
    before: Object.fromEntries(Object.keys(after).map((name) => [name, known[name]])),
    after: {
      ...after,
      ...(after.url !== undefined && { url: redactUrl(after.url) }),
      ...(headers !== undefined && { headers: namesOf(headers) }),
    },
  };
}
