import { z } from 'zod';
import type { ApiDeps, ConnectableAccount } from '#api/deps.ts';
import { ApiProblem, conflict } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { recordAudit } from '#db/audit-log.ts';
import { listConnections, readCredentials, removeCredentials } from '#db/connections/connections.ts';
import { findTokenState } from '#db/oauth-tokens.ts';
import { readUsage } from '#db/worker-leases.ts';
import { ProviderError } from '#providers/errors.ts';
import {
  accountParameter,
  assertNotInEnvironment,
  findVariables,
  getAccount,
  needKey,
  needSettings,
  parseVariables,
  storedTokens,
  toConnectOptions,
} from './accounts.ts';
import { callbackUrl } from './callback-url.ts';
import { checkAccount } from './checks.ts';
import { connectAccount, throwProblem } from './connect-account.ts';
import { connection, showConnection } from './connection-schemas.ts';

const response = { status: 200 as const, description: 'The connection', data: connection };
export const replaceQuery = z.strictObject({
  replace: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .meta({
      description:
        'Connect although it is another account at the vendor than the one whose records are linked. Their links end, the contacts stay.',
    }),
});

const otherAccount =
  'The environment connects the account, it is another account than before, or ACCORD_ENCRYPTION_KEY is not set';

export const connectionOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/connections',
    tag: 'Connections',
    summary: 'List the accounts, with their connection and the next step',
    description: 'Shows no token and no key.',
    scope: 'connections:read',
    isImpersonal: true,
    response: { status: 200, description: 'The accounts', data: z.object({ connections: z.array(connection) }) },
    async handle(_input, deps) {
      const accounts = [...(deps.connections?.accounts.values() ?? [])];
      return { connections: await Promise.all(accounts.map((account) => show(deps, account))) };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/connections/{account}',
    tag: 'Connections',
    summary: 'Show one account',
    scope: 'connections:read',
    isImpersonal: true,
    params: accountParameter,
    response,
    problems: { 404: 'No such account' },
    handle: ({ params }, deps) => show(deps, getAccount(deps, params.account)),
  }),
  defineOperation({
    method: 'put',
    path: '/api/v1/connections/{account}',
    tag: 'Connections',
    summary: 'Connect an account by a key',
    description:
      'Accord asks the vendor whose account the key opens, stores the key encrypted, checks the account, and begins to read it. ' +
      '`keyVariables` of the connection names the variables.',
    scope: 'connections:write',
    params: accountParameter,
    query: replaceQuery,
    body: z.strictObject({ variables: z.record(z.string().max(100), z.string().min(1).max(10_000)) }),
    response,
    problems: {
      404: 'No such account',
      409: otherAccount,
      422: 'The vendor refuses the key',
    },
    async handle({ params, query, body, actor }, deps) {
      const account = getAccount(deps, params.account);
      assertNotInEnvironment(account);
      needKey(deps);
      assertOwnVariables(account, body.variables);
      const given = { ...body.variables, ...(await complete(account, body.variables)) };
      const input = { method: 'key' as const, variables: given, grant: null, replace: query.replace, actor };
      const result = await connectAccount(deps, account, input);
      if (result.kind === 'other-account') throw conflict('other-account', `${result.message} To replace it: ?replace=true.`);
      return show(deps, account);
    },
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/connections/{account}/check',
    tag: 'Connections',
    summary: 'Check a connected account',
    description:
      'Checks the identity of the account, the scopes of the credentials, whether the fields and buckets of accord.yaml exist, and the webhook. Subscribes to ' +
      'webhooks where the vendor allows it.',
    scope: 'connections:write',
    params: accountParameter,
    response,
    problems: { 404: 'No such account', 409: 'The account is not connected' },
    async handle({ params, actor }, deps) {
      const account = getAccount(deps, params.account);
      const variables = await findVariables(deps, account);
      if (variables === null) throw notConnected(account);
      const options = toConnectOptions(account, parseVariables(account, variables), storedTokens(deps));
      const stored = (await listConnections(deps.db)).find(({ provider }) => provider === account.provider.id);
      await checkAccount(deps, { account, options, scopes: stored?.scopes ?? null, actor });
      return show(deps, account);
    },
  }),
  defineOperation({
    method: 'delete',
    path: '/api/v1/connections/{account}',
    tag: 'Connections',
    summary: 'Disconnect an account',
    description:
      'Takes the grant back at the vendor where its API allows it, and forgets the credentials. Records stay linked to their contacts: ' +
      'connecting the same account again goes on where it was.',
    scope: 'connections:write',
    params: accountParameter,
    response: {
      ...{ status: 200, description: 'The connection, and the outcome at the vendor' },
      data: z.object({ connection, isRevoked: z.boolean(), message: z.string() }),
    },
    problems: { 404: 'No such account', 409: 'The environment connects the account, or it is not connected' },
    async handle({ params, actor }, deps) {
      const account = getAccount(deps, params.account);
      assertNotInEnvironment(account);
      const { id } = account.provider;
      const revocation = await revoke(deps, account);
      await deps.db.transaction().execute(async (tx) => {
        if (!(await removeCredentials(tx, id))) throw notConnected(account);
        await recordAudit(tx, {
          actor,
          action: 'connection.disconnect',
          target: id,
          details: { isRevoked: revocation.isRevoked },
        });
      });
      return { connection: await show(deps, account), ...revocation };
    },
  }),
];

const notConnected = ({ provider: { id } }: ConnectableAccount) =>
  conflict('not-connected', `${id} is not connected: POST /api/v1/connections/${id}/authorize or PUT /api/v1/connections/${id}.`);

/** Only variables of the vendor's form: an app or a server is not a person's credential. */
function assertOwnVariables({ connector, provider, variables }: ConnectableAccount, given: Record<string, string>): void {
  const form = (connector.key?.variables ?? []).map(({ name }) => name).filter((name) => !(name in variables));
  if (!connector.key)
    throw conflict('no-key', `${provider.name} has no keys: POST /api/v1/connections/${provider.id}/authorize.`);
  const unknown = Object.keys(given).filter((name) => !form.includes(name));
  const missing = form.filter((name) => !(name in given));
  const errors = [
    ...unknown.map((name) => ({ pointer: `/body/variables/${name}`, detail: `is not asked for: ${form.join(', ')}` })),
    ...missing.map((name) => ({ pointer: `/body/variables/${name}`, detail: 'is missing' })),
  ];
  if (errors.length > 0)
    throw new ApiProblem({ status: 400, code: 'invalid-input', detail: 'The variables are wrong: see errors.', errors });
}

async function complete(
  { connector, variables }: ConnectableAccount,
  given: Record<string, string>,
): Promise<Record<string, string>> {
  return (await connector.key?.complete?.({ ...given, ...variables }).catch(throwProblem)) ?? {};
}

async function revoke(deps: ApiDeps, account: ConnectableAccount): Promise<{ isRevoked: boolean; message: string }> {
  const { provider, connector } = account;
  const variables = await findVariables(deps, account);
  const secrets = variables && provider.secretsSchema.safeParse(variables).data;
  const tokenAccount = secrets ? (provider.findOAuthAccount?.(secrets) ?? null) : null;
  const key = { provider: provider.id, accountId: tokenAccount ?? '' };
  const tokens = tokenAccount === null ? null : await storedTokens(deps).find(key);
  if (!variables || !tokens)
    return { isRevoked: false, message: `Accord has forgotten the key. End it in ${provider.name} as well.` };
  if (!connector.oauth?.revoke)
    return { isRevoked: false, message: connector.oauth?.revokeHelp ?? `End the access in ${provider.name} as well.` };
  try {
    await connector.oauth.revoke({ variables, tokens });
    return { isRevoked: true, message: `The access is taken back at ${provider.name}.` };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { isRevoked: false, message: `Accord has forgotten the grant, but could not take it back: ${error.message}` };
  }
}

export async function show(deps: ApiDeps, account: ConnectableAccount): Promise<z.input<typeof connection>> {
  const { provider } = account;
  const { encryptionKey } = needSettings(deps);
  const stored = (await listConnections(deps.db)).find((each) => each.provider === provider.id) ?? null;
  const { opened, unopened } = await readCredentials(deps.db, encryptionKey);
  const own = opened.get(provider.id)?.variables;
  const variables = account.isInEnvironment ? account.variables : own && { ...own, ...account.variables };
  const secrets = variables && provider.secretsSchema.safeParse(variables).data;
  const accountId = secrets ? (provider.findOAuthAccount?.(secrets) ?? null) : null;
  const token = accountId === null ? null : await findTokenState(deps.db, { provider: provider.id, accountId });
  const isUnopened = unopened.includes(provider.id);
  const usage = (await readUsage(deps.db)).get(provider.id) ?? null;
  return showConnection({ account, stored, isUnopened, token, usage, redirectUri: callbackUrl(deps), now: new Date() });
}
