import { z } from 'zod';
import type { ApiDeps, ApiProvider } from '#api/deps.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { timeOf } from '#api/rest/page.ts';
import { findTokenState } from '#db/oauth-tokens.ts';
import { findAccount } from '#db/sync/account-modes.ts';
import { accountModes } from '#domain/account-mode.ts';

const tokenState = z
  .object({
    expiresAt: z.iso.datetime().nullable().meta({ description: 'When the access token expires. Accord renews it before.' }),
    refreshedAt: z.iso.datetime().nullable(),
    lastError: z
      .object({ type: z.string(), message: z.string(), at: z.iso.datetime() })
      .nullable()
      .meta({ description: 'Of the last refresh, if it failed, or the revocation of the grant. The next success clears it.' }),
  })
  .meta({ id: 'TokenState' });

const account = z
  .object({
    provider: z.string().meta({ example: 'square' }),
    name: z.string().meta({ description: 'For people.', example: 'Square' }),
    isConnected: z.boolean(),
    notConnected: z.string().nullable().meta({ description: 'The settings to add; null when it is connected.' }),
    mode: z
      .enum(accountModes)
      .nullable()
      .meta({ description: 'Whether and how Accord writes to the account. Null before a worker has connected the account.' }),
    modeSince: z.iso.datetime().nullable(),
    authorization: z.enum(['key', 'oauth']).nullable().meta({ description: 'Null when it is not connected.' }),
    token: tokenState
      .nullable()
      .meta({ description: 'The OAuth token. Null for a key, and before the first token was requested.' }),
  })
  .meta({ id: 'Account' });

export const accountOperations = [
  defineOperation({
    method: 'get',
    path: '/sync/accounts',
    tag: 'Sync',
    summary: 'List the accounts and the state of their OAuth tokens',
    description: 'Shows no token and no key.',
    scope: 'sync:read',
    response: { status: 200, description: 'The accounts', data: z.object({ accounts: z.array(account) }) },
    async handle(_input, deps) {
      const withRecords = deps.providers.filter(({ isSourceOnly }) => !isSourceOnly);
      return { accounts: await Promise.all(withRecords.map((provider) => toAccount(deps, provider))) };
    },
  }),
];

async function toAccount(
  { db }: ApiDeps,
  { id: provider, name = provider, settings, notConnected, oauthAccountId: accountId = null }: ApiProvider,
): Promise<z.input<typeof account>> {
  const isConnected = settings !== null;
  const written = await findAccount(db, provider);
  const state = accountId === null ? null : await findTokenState(db, { provider, accountId });
  return {
    ...{ provider, name, isConnected, notConnected, mode: written?.mode ?? null, modeSince: timeOf(written?.since ?? null) },
    authorization: isConnected ? (accountId === null ? 'key' : 'oauth') : null,
    token: state && {
      expiresAt: state.expiresAt?.toISOString() ?? null,
      refreshedAt: state.refreshedAt?.toISOString() ?? null,
      lastError: state.lastError,
    },
  };
}
