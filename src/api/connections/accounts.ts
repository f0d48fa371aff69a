import { z } from 'zod';
import type { ApiDeps, ConnectableAccount, ConnectionSettings } from '#api/deps.ts';
import { ApiProblem, conflict, notFound } from '#api/rest/errors.ts';
import { readCredentials } from '#db/connections/connections.ts';
import { createTokenStore } from '#db/oauth-tokens.ts';
import type { SealingKey } from '#db/seal.ts';
import { variableSuffix } from '#domain/account-id.ts';
import { findServersElsewhere } from '#providers/base-urls.ts';
import type { OAuthTokens, TokenStore } from '#providers/oauth.ts';
import type { ConnectOptions } from '#providers/provider.ts';

export const accountParameter = z.object({ account: z.string().max(100).meta({ example: 'square' }) });

export function getAccount({ connections }: ApiDeps, id: string): ConnectableAccount {
  const account = connections?.accounts.get(id);
  if (!account) throw notFound(`There is no account ${id} that could be connected. GET /api/v1/connections lists them.`);
  return account;
}

/** Throws for an account that the environment connects. */
export function assertNotInEnvironment({ isInEnvironment, provider, connector }: ConnectableAccount): void {
  if (!isInEnvironment) return;
  const { id } = provider;
  const own: readonly string[] = provider.accountVariables ?? [];
  const names = (connector.key?.variables ?? []).map(({ name }) => (own.includes(name) ? name + variableSuffix(id) : name));
  const variables = names.length === 0 ? 'its variables' : `its variables (${names.join(', ')} …)`;
  throw conflict('in-environment', `The environment connects ${id}: unset ${variables} and restart, then connect it here.`);
}

export function needSettings({ connections }: ApiDeps): ConnectionSettings {
  if (!connections) throw conflict('not-configured', 'This api connects no accounts.');
  return connections;
}

/** Throws without a key: credentials are stored encrypted or not at all. */
export function needKey(deps: ApiDeps): SealingKey {
  const { encryptionKey } = needSettings(deps);
  if (encryptionKey !== null) return encryptionKey;
  throw conflict(
    'no-encryption-key',
    'Set ACCORD_ENCRYPTION_KEY (openssl rand -base64 32) and restart: credentials are only stored encrypted.',
  );
}

/** The variables of an account in force: those of the environment win over stored ones. Null while it is not connected. */
export async function findVariables(deps: ApiDeps, account: ConnectableAccount): Promise<Record<string, string> | null> {
  if (account.isInEnvironment) return { ...account.variables };
  const { opened } = await readCredentials(deps.db, needSettings(deps).encryptionKey);
  const stored = opened.get(account.provider.id);
  return stored ? { ...stored.variables, ...account.variables } : null;
}

/** Parses the variables as the environment's would be. Throws a 400 that names each wrong one, and repeats no value. */
export function parseVariables(account: ConnectableAccount, variables: Record<string, string>): unknown {
  const parsed = account.provider.secretsSchema.safeParse({ ...variables, ...account.variables });
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({
      pointer: `/body/variables/${path.join('/')}`,
      detail: message,
    }));
    throw new ApiProblem({ status: 400, code: 'invalid-input', detail: 'The credentials are not valid: see errors.', errors });
  }
  if (account.isLocalOnly) assertLocal(parsed.data);
  return parsed.data;
}

function assertLocal(secrets: unknown): void {
  const [elsewhere] = findServersElsewhere(secrets);
  if (elsewhere !== undefined)
    throw conflict(
      'sandbox-profile',
      `ACCORD_PROFILE is sandbox, but ${elsewhere} is not a sandbox on this machine: unset ACCORD_PROFILE.`,
    );
}

export function toConnectOptions(
  { account, lists }: ConnectableAccount,
  secrets: unknown,
  tokens: TokenStore,
): ConnectOptions<unknown, unknown> {
  return { account, secrets, tokens, lists };
}

export function storedTokens(deps: ApiDeps): TokenStore {
  return createTokenStore(deps.db, needSettings(deps).encryptionKey);
}

/** Holds the tokens of a grant that is not stored yet: first it is seen whose account it opens. */
export function createGrantedTokens(granted: OAuthTokens | null): TokenStore & { current(): OAuthTokens | null } {
  let tokens = granted;
  return {
    current: () => tokens,
    find: async () => tokens,
    async refreshExclusively(_key, refresh) {
      tokens = await refresh(tokens);
      return tokens;
    },
    async saveFailure() {},
  };
}
