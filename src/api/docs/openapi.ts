import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { sessionPaths } from '#api/admin/session-schemas.ts';
import { changesPaths } from '#api/changes/changes.ts';
import { authorizationOperations } from '#api/connections/authorizations.ts';
import { connectionOperations } from '#api/connections/connections.ts';
import { consentOperations } from '#api/consent/consent.ts';
import { suppressionFileOperations } from '#api/consent/suppression-files.ts';
import { suppressionOperations } from '#api/consent/suppressions.ts';
import { candidateOperations } from '#api/contacts/candidates.ts';
import { conflictOperations } from '#api/contacts/conflicts.ts';
import { contactListOperations } from '#api/contacts/contact-list.ts';
import { contactIdParameter } from '#api/contacts/contact-parameter.ts';
import { contactOperations } from '#api/contacts/contacts.ts';
import { doublesOperations } from '#api/contacts/doubles.ts';
import { exportOperations } from '#api/contacts/export.ts';
import { historyOperations } from '#api/contacts/history.ts';
import { mergeOperations } from '#api/contacts/merges.ts';
import { retryOperations } from '#api/contacts/retries.ts';
import { deleteOperations } from '#api/deletes/deletes.ts';
import { deadLetterOperations } from '#api/delivery/dead-letters.ts';
import { deliveryOperations } from '#api/delivery/deliveries.ts';
import { endpointToolOperations } from '#api/delivery/endpoint-tools.ts';
import { endpointOperations } from '#api/delivery/endpoints.ts';
import { leadEventWebhooks } from '#api/delivery/lead-events-openapi.ts';
import { operationalEventWebhooks } from '#api/delivery/operational-events-openapi.ts';
import { redriveOperations } from '#api/delivery/redrives.ts';
import { erasureOperations } from '#api/erasures/erasures.ts';
import { personalDataOperations } from '#api/erasures/personal-data.ts';
import { goLiveOperations } from '#api/go-live/go-live.ts';
import { planOperations } from '#api/go-live/plan.ts';
import { undoOperations } from '#api/go-live/undo.ts';
import { importOperations } from '#api/imports/imports.ts';
import { findingOperations } from '#api/monitoring/findings.ts';
import { healthPaths } from '#api/monitoring/health.ts';
import { overviewOperations } from '#api/overview/overview.ts';
import { portalOperations } from '#api/portal/portal.ts';
import { portalLinkOperations } from '#api/portal/portal-links.ts';
import { portalSessionPaths } from '#api/portal/portal-session.ts';
import type { Operation } from '#api/rest/operation.ts';
import { describeProblems } from '#api/rest/problem-schema.ts';
import { settingsOperations } from '#api/settings/settings.ts';
import { accountOperations } from '#api/sync/accounts.ts';
import { inboxOperations } from '#api/sync/inbox.ts';
import { syncOperations } from '#api/sync/sync.ts';
import { readVersion } from '#api/version.ts';
import { webFormPaths } from '#api/web-forms/openapi.ts';
import { submissionOperations } from '#api/web-forms/submissions.ts';
import type { WebhookRoute } from '#providers/provider.ts';

/** All operations that need an API key. */
export const operations: readonly Operation[] = [
  ...overviewOperations,
  ...syncOperations,
  ...accountOperations,
  // Before those of one account, whose `{account}` matches any word.
  ...authorizationOperations,
  ...connectionOperations,
  ...planOperations,
  ...goLiveOperations,
  ...undoOperations,
  ...findingOperations,
  // Before the operations of one contact, whose `{id}` matches any word.
  ...exportOperations,
  ...contactListOperations,
  ...retryOperations,
  ...contactOperations,
  ...consentOperations,
  // Before those of one entry, whose `{id}` matches any word.
  ...suppressionFileOperations,
  ...suppressionOperations,
  ...conflictOperations,
  ...candidateOperations,
  ...doublesOperations,
  ...deleteOperations,
  ...mergeOperations,
  ...historyOperations,
  ...personalDataOperations,
  ...erasureOperations,
  ...importOperations,
  ...inboxOperations,
  ...settingsOperations,
  ...submissionOperations,
  // Before the operations of one endpoint, whose `{id}` matches any word.
  ...deliveryOperations,
  ...redriveOperations,
  ...deadLetterOperations,
  ...endpointOperations,
  ...endpointToolOperations,
  ...portalLinkOperations,
  ...portalOperations,
];

export interface WebhookSource {
  id: string;
  webhookRoutes?: readonly WebhookRoute[];
}

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** The OpenAPI 3.1 document, from the schemas that check the requests. */
export function buildOpenApi(providers: readonly WebhookSource[]): OpenApiDocument {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Accord',
      version: readVersion(),
      description: 'Keeps one person’s contact record the same everywhere. Errors are problem details (RFC 9457).',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key: `accord_…`.' },
        header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        portal: { type: 'apiKey', in: 'cookie', name: 'accord_portal', description: 'The session of a subscriber’s link.' },
      },
    },
    webhooks: { ...leadEventWebhooks, ...operationalEventWebhooks },
    paths: {
      ...operationPaths(),
      ...sessionPaths,
      ...portalSessionPaths,
      ...changesPaths,
      ...webhookPaths(providers),
      ...webFormPaths,
      ...healthPaths,
    },
  });
}

function operationPaths(): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const operation of operations) {
    for (const path of [operation.path, ...(operation.aliases ?? [])])
      paths[path] = { ...paths[path], [operation.method]: describeOperation(operation, path) };
  }
  return paths;
}

function describeOperation(operation: Operation, path: string): ZodOpenApiOperationObject {
  const { method, tag, summary, description, scope, params, query, body, uploads, response, isAtomic } = operation;
  const parameters = {
    ...(params ? { path: params } : {}),
    ...(query ? { query } : {}),
    ...(isAtomic ? { header: idempotencyHeader } : {}),
  };
  return {
    operationId: operationId(method, path),
    tags: [tag],
    summary,
    ...describeAccess(scope, description),
    ...(Object.keys(parameters).length > 0 ? { requestParams: parameters } : {}),
    ...(body ? { requestBody: { content: { 'application/json': { schema: body } } } } : {}),
    ...(uploads ? { requestBody: { required: true, content: describeUploads(uploads) } } : {}),
    responses: {
      [response.status]: {
        description: response.description,
        ...(response.status === 204 ? {} : { content: describeContent(response) }),
      },
      ...describeProblems({
        ...(uploads ? { 415: 'The body is not of an accepted type' } : {}),
        ...(params || query || body || uploads ? { 400: 'The request is not valid' } : {}),
        ...(scope === 'portal'
          ? { 401: 'The link has expired or was withdrawn', 403: 'The request comes from another site' }
          : { 401: 'The API key is missing, unknown or revoked', 403: 'The API key lacks the scope' }),
        ...(isAtomic ? { 422: 'The Idempotency-Key was used for another request' } : {}),
        ...operation.problems,
        ...(isOfContact(operation) ? { 410: 'The person was erased' } : {}),
        ...(isAtomic
          ? { 409: [operation.problems?.[409], 'another request is changing the same data'].filter(Boolean).join('; or: ') }
          : {}),
        429: 'Too many requests',
        503: 'The database or Temporal is unavailable',
      }),
    },
  };
}

function describeAccess(scope: Operation['scope'], description?: string) {
  if (scope === 'portal')
    return {
      description: [description, 'Needs the session of a subscriber’s link.'].filter(Boolean).join('\n\n'),
      security: [{ portal: [] }],
    };
  return {
    description: [description, `Needs the scope \`${scope}\`.`].filter(Boolean).join('\n\n'),
    security: [{ bearer: [scope] }, { header: [scope] }],
  };
}

/** An erased contact answers 410 everywhere. */
function isOfContact({ params }: Operation): boolean {
  return params !== undefined && Object.values(params.shape).includes(contactIdParameter);
}

const idempotencyHeader = z.object({
  'Idempotency-Key': z.string().min(1).max(255).optional().meta({
    description: 'A repeated request with the same key within 24 hours is not executed again and gets the first response.',
  }),
});

function describeUploads(types: readonly string[]) {
  return Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' as const } }]));
}

function describeContent({ data, isBare, example, downloads = [] }: Operation['response']) {
  const schema = isBare ? data : z.object({ success: z.literal(true), data });
  const others = downloads.map((type) => [type, { schema: z.string() }] as const);
  return { 'application/json': { schema, ...(example === undefined ? {} : { example }) }, ...Object.fromEntries(others) };
}

function webhookPaths(providers: readonly WebhookSource[]): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const { id, webhookRoutes = [] } of providers) {
    for (const route of webhookRoutes) {
      // Accounts of one vendor share its paths: the first one describes them.
      for (const path of route.paths.flatMap((each) => [each, `${each}/{account}`])) {
        paths[path] ??= { post: describeWebhook(id, route, path) };
      }
    }
  }
  return paths;
}

const accountParameter = z.object({
  account: z.string().meta({
    description: 'The account of accord.yaml that the webhook is for. Needed only where the webhook itself does not say so.',
    example: 'gohighlevel-west',
  }),
});

const webhookAnswer = z.object({ status: z.enum(['queued', 'duplicate', 'echo', 'ignored']) }).meta({ id: 'WebhookAnswer' });

function describeWebhook(provider: string, { whenUnavailable }: WebhookRoute, path: string): ZodOpenApiOperationObject {
  return {
    operationId: operationId('post', path),
    tags: ['Webhooks'],
    summary: `Receive webhooks from ${provider}`,
    description: 'The vendor signs its webhooks. They are stored before the response, and synced after it.',
    security: [],
    ...(path.endsWith('/{account}') && { requestParams: { path: accountParameter } }),
    requestBody: { content: { 'application/json': { schema: z.record(z.string(), z.unknown()) } } },
    responses: {
      200: { description: 'Stored, stored before, or ignored', content: { 'application/json': { schema: webhookAnswer } } },
      ...describeProblems({
        400: 'The signature is valid, but not the body',
        ...(path.endsWith('/{account}') && { 404: 'accord.yaml has no such account' }),
        401: 'The signature is missing, wrong or too old, or no secret is configured',
        413: 'The body is larger than 256 KB',
        415: 'The body is not JSON, or it is compressed',
        [whenUnavailable.status]: 'The webhook could not be stored: send it again after Retry-After',
      }),
    },
  };
}

/** `POST /sync/contacts/{id}/retry` → `postSyncContactsIdRetry`, `POST /sync-trigger` → `postSync_trigger`. */
function operationId(method: string, path: string): string {
  const words = path.replaceAll('-', '_').split(/\W+/).filter(Boolean);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
