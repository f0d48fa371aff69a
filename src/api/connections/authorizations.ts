import { calculatePKCECodeChallenge, generateRandomCodeVerifier, generateRandomState } from 'oauth4webapi';
import { z } from 'zod';
import type { ApiDeps, ConnectableAccount } from '#api/deps.ts';
import { conflict, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter } from '#api/rest/page.ts';
import { recordAudit } from '#db/audit-log.ts';
import {
  type AuthorizationRequest,
  findAuthorizationRequest,
  insertAuthorizationRequest,
} from '#db/connections/authorization-requests.ts';
import type { OAuthFlow } from '#providers/connector.ts';
import { accountParameter, assertNotInEnvironment, getAccount, needKey } from './accounts.ts';
import { callbackUrl } from './callback-url.ts';
import { replaceQuery } from './connections.ts';
import { acceptOtherAccount, finishAuthorization } from './finish-authorization.ts';

const authorization = z
  .object({
    id: z.uuid(),
    account: z.string(),
    state: z.enum(['waiting', 'connected', 'denied', 'failed', 'other-account', 'expired']).meta({
      description:
        '`other-account`: the grant is of another account than the one whose records are linked, and waits for a decision.',
    }),
    message: z.string().nullable(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Authorization' });

const started = z
  .object({
    id: z.uuid(),
    authorizeUrl: z.url().meta({ description: 'The page of the vendor where a person allows the access.' }),
    redirectUri: z.string(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'StartedAuthorization' });

/** The time that a person has at the vendor's page. */
const lifetimeMs = 15 * 60_000;

export const authorizationOperations = [
  defineOperation({
    method: 'post',
    path: '/api/v1/connections/{account}/authorize',
    tag: 'Connections',
    summary: 'Begin to connect an account by the vendor’s authorise page',
    description:
      'Open `authorizeUrl` in a browser within 15 minutes. The vendor sends the browser back to Accord, which exchanges the code. Only the ' +
      'caller that began may follow it: GET /api/v1/connections/authorizations/{id}.',
    scope: 'connections:write',
    params: accountParameter,
    query: replaceQuery,
    body: z
      .strictObject({
        redirectUri: z
          .url({ protocol: /^http$/, hostname: /^(127\.0\.0\.1|\[::1\])$/, error: 'must be http://127.0.0.1:<port>/…' })
          .max(200)
          .optional()
          .meta({
            description:
              'A local callback of the caller (RFC 8252), which then passes on what it gets. Default: the callback of the api. The OAuth app must allow it.',
          }),
      })
      .default({}),
    response: { status: 201, description: 'The authorise page', data: started },
    problems: { 404: 'No such account', 409: 'The environment connects the account, or the OAuth app is not set up' },
    async handle({ params, query, body, actor, keyId }, deps) {
      const account = getAccount(deps, params.account);
      assertNotInEnvironment(account);
      const key = needKey(deps);
      const flow = needFlow(deps, account);
      const state = generateRandomState();
      const codeVerifier = flow.usesPkce(account.variables) ? generateRandomCodeVerifier() : null;
      const codeChallenge = codeVerifier === null ? null : await calculatePKCECodeChallenge(codeVerifier);
      const redirectUri = body.redirectUri ?? callbackUrl(deps);
      const expiresAt = new Date(Date.now() + lifetimeMs);
      const provider = account.provider.id;
      const secrets = { codeVerifier, redirectUri, replace: query.replace };
      const id = await insertAuthorizationRequest(deps.db, key, { provider, state, secrets, keyId, actor, expiresAt });
      await recordAudit(deps.db, { actor, action: 'connection.authorize', target: provider, details: { id } });
      const authorizeUrl = flow.toAuthorizeUrl({ redirectUri, state, codeChallenge }, account.variables);
      return { id, authorizeUrl, redirectUri, expiresAt: expiresAt.toISOString() };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/connections/authorizations/{id}',
    tag: 'Connections',
    summary: 'Follow an authorisation that the caller began',
    scope: 'connections:write',
    params: idParameter,
    response: { status: 200, description: 'The authorisation', data: authorization },
    problems: { 404: 'No such authorisation, or another caller began it' },
    handle: async ({ params, keyId }, deps) => showAuthorization(await getOwn(deps, params.id, keyId)),
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/connections/authorizations/{id}',
    tag: 'Connections',
    summary: 'Complete an authorisation: send the query of a local callback, or confirm that another account replaces this one',
    scope: 'connections:write',
    params: idParameter,
    body: z.union([
      z.strictObject({
        parameters: z
          .record(z.string().max(100), z.string().max(4_000))
          .meta({ description: 'The query of the local callback.' }),
      }),
      z.strictObject({
        replace: z.literal(true).meta({ description: 'Connect the account of a grant that waits in the state `other-account`.' }),
      }),
    ]),
    response: { status: 200, description: 'The authorisation', data: authorization },
    problems: {
      404: 'No such authorisation, or another caller began it',
      409: 'It does not wait for this',
      422: 'The vendor refuses',
    },
    async handle({ params, body, keyId }, deps) {
      const request = await getOwn(deps, params.id, keyId);
      if ('replace' in body) await acceptOtherAccount(deps, request);
      else await finishAuthorization(deps, new URLSearchParams(body.parameters), request);
      return showAuthorization(await getOwn(deps, params.id, keyId));
    },
  }),
];

function needFlow({ publicUrl }: ApiDeps, { provider, connector, variables }: ConnectableAccount): OAuthFlow {
  const { oauth } = connector;
  if (!oauth)
    throw conflict('no-oauth', `${provider.name} has no authorise page: PUT /api/v1/connections/${provider.id} with a key.`);
  const missing = oauth.findMissingVariables(variables);
  if (missing.length === 0) return oauth;
  const detail =
    `Set ${missing.join(' and ')} of an OAuth app of ${provider.name} in the environment and restart. ` +
    `The redirect URI of the app is ${callbackUrl({ publicUrl: publicUrl ?? '' })}.`;
  throw conflict('no-oauth-app', detail);
}

async function getOwn({ db }: ApiDeps, id: string, keyId: string): Promise<AuthorizationRequest> {
  const request = await findAuthorizationRequest(db, id);
  if (request?.keyId !== keyId) throw notFound('There is no such authorisation, or another caller began it.');
  return request;
}

function showAuthorization(request: AuthorizationRequest): z.input<typeof authorization> {
  const { id, provider, message, expiresAt } = request;
  const isOpen = request.state === 'waiting' || request.state === 'other-account';
  const isExpired = isOpen && expiresAt.getTime() <= Date.now();
  const state = isExpired ? 'expired' : request.state;
  return { ...{ id, account: provider, state, expiresAt: expiresAt.toISOString() }, message: isExpired ? tooLate : message };
}

const tooLate = 'Nobody allowed the access in time: begin again.';
