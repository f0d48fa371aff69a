import type { ApiDeps, ConnectableAccount } from '#api/deps.ts';
import { ApiProblem, conflict } from '#api/rest/errors.ts';
import { recordAudit } from '#db/audit-log.ts';
import { findConnection, listConnections, lockConnection, saveConnection } from '#db/connections/connections.ts';
import { detachRecords, listLinkedAccountIds } from '#db/connections/other-account.ts';
import type { ConnectionMethod } from '#db/connections/tables.ts';
import type { Database } from '#db/database.ts';
import { saveTokens } from '#db/oauth-tokens.ts';
import { parseAccountId } from '#domain/account-id.ts';
import type { AccountIdentity, OAuthGrant } from '#providers/connector.ts';
import { AuthenticationError, ProviderError } from '#providers/errors.ts';
import { createGrantedTokens, needKey, needSettings, parseVariables, storedTokens, toConnectOptions } from './accounts.ts';
import { checkAccount, describe } from './checks.ts';

export interface ConnectInput {
  method: ConnectionMethod;
  variables: Record<string, string>;
  /** Of an OAuth grant. */
  grant: OAuthGrant | null;
  /** Connect although it is another account than the one whose records are linked. */
  replace: boolean;
  actor: string;
}

export type ConnectResult = { kind: 'connected' } | { kind: 'other-account'; message: string };

/**
 * Stores the credentials of an account after the vendor has said whose account they open. Then every process learns of it, and the account
 * is checked. Throws an `ApiProblem` when the vendor refuses the credentials or does not answer: then nothing has changed.
 */
export async function connectAccount(deps: ApiDeps, account: ConnectableAccount, input: ConnectInput): Promise<ConnectResult> {
  const key = needKey(deps);
  const { provider } = account;
  const secrets = parseVariables(account, input.variables);
  const tokens = createGrantedTokens(input.grant?.tokens ?? null);
  const options = toConnectOptions(account, secrets, tokens);
  const identity = await account.connector.identify(options).catch(throwProblem);
  const { accountId } = provider.connect(options);
  const scopes = identity.scopes ?? input.grant?.scopes ?? null;
  const result = await deps.db.transaction().execute(async (tx): Promise<ConnectResult> => {
    await lockConnection(tx, provider.id);
    await assertNotConnectedTwice(tx, deps, account, identity);
    const other = await findOtherAccount(tx, account, { identity, accountId });
    if (other !== null && !input.replace) return { kind: 'other-account', message: other };
    const detached = other === null ? 0 : await detachRecords(tx, provider.id, needSettings(deps).newAccounts);
    await saveConnection(tx, key, {
      ...{ provider: provider.id, variables: input.variables, method: input.method, scopes, actor: input.actor },
      identity: { id: identity.id, name: identity.name },
      expiresAt: identity.expiresAt === null ? null : new Date(identity.expiresAt),
    });
    const granted = tokens.current();
    const tokenAccount = provider.findOAuthAccount?.(secrets) ?? null;
    if (granted && tokenAccount !== null) {
      await saveTokens(tx, key, { provider: provider.id, accountId: tokenAccount }, granted);
    }
    const details = { method: input.method, identity: identity.id, ...(other === null ? {} : { detachedRecords: detached }) };
    await recordAudit(tx, { actor: input.actor, action: 'connection.connect', target: provider.id, details });
    return { kind: 'connected' };
  });
  if (result.kind === 'connected') {
    const stored = toConnectOptions(account, secrets, storedTokens(deps));
    await checkAccount(deps, { account, options: stored, scopes, actor: input.actor });
  }
  return result;
}

/** Throws when another account of accord.yaml has the same account of the vendor: every contact would be synced with itself. */
async function assertNotConnectedTwice(
  tx: Database,
  { connections }: ApiDeps,
  { provider }: ConnectableAccount,
  identity: AccountIdentity,
): Promise<void> {
  const stored = await listConnections(tx);
  const twin = [...(connections?.accounts.values() ?? [])].find(({ provider: { id }, isInEnvironment }) => {
    if (id === provider.id || vendorOf(id) !== vendorOf(provider.id)) return false;
    const known = stored.find((connection) => connection.provider === id);
    return known?.identity?.id === identity.id && (isInEnvironment || known.isStored);
  });
  if (!twin) return;
  const detail = `${twin.provider.id} is connected to ${describe(identity)} already: ${provider.id} must be another account.`;
  throw conflict('connected-twice', detail);
}

const vendorOf = (id: string): string | undefined => parseAccountId(id)?.vendor;

/** A sentence when the credentials open another account than the one whose records are linked. */
async function findOtherAccount(
  tx: Database,
  { provider }: ConnectableAccount,
  { identity, accountId }: { identity: AccountIdentity; accountId: string },
): Promise<string | null> {
  const linked = await listLinkedAccountIds(tx, provider.id);
  if (linked.length === 0) return null;
  const before = (await findConnection(tx, provider.id))?.identity ?? null;
  const isSame = linked.includes(accountId) && (before === null || before.id === identity.id);
  if (isSame) return null;
  const known = before ?? { id: linked.join(', '), name: null };
  return (
    `These credentials open the ${provider.name} account ${describe(identity)}, but the linked records are of ${describe(known)}. ` +
    'Replace it only if that is meant: then the records of the old account are detached, and the new one is read from the beginning.'
  );
}

/** 422 for refused credentials; 503 when the vendor does not answer. */
export function throwProblem(error: unknown): never {
  if (!(error instanceof ProviderError)) throw error;
  if (error instanceof AuthenticationError)
    throw new ApiProblem({ status: 422, code: 'credentials-refused', detail: `${error.message} Nothing was changed.` });
  const detail = `${error.message} Nothing was changed: try again in a moment.`;
  throw new ApiProblem({ status: 503, code: 'vendor-unavailable', detail, headers: { 'retry-after': '10' } });
}
