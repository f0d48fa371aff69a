import { sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '#db/database.ts';
import { type SealingKey, seal, UnopenedError, unseal } from '#db/seal.ts';
import type { ConnectionCheck, ConnectionError, ConnectionMethod } from './tables.ts';

/** PostgreSQL notifies it with an account's id when the account is connected, changed or disconnected. */
export const connectionChannel = 'connection_changed';

/** The part of a connection that people may see. */
export interface Connection {
  provider: string;
  isStored: boolean;
  revision: number;
  method: ConnectionMethod | null;
  identity: Identity | null;
  scopes: string[] | null;
  expiresAt: Date | null;
  connectedAt: Date | null;
  connectedBy: string | null;
  failingSince: Date | null;
  lastError: ConnectionError | null;
  checks: ConnectionCheck[] | null;
  checkedAt: Date | null;
}

/** The vendor's id and name of an account. */
export interface Identity {
  id: string;
  name: string | null;
}

export interface NewConnection {
  provider: string;
  /** Variables by name, as the environment would have them. */
  variables: Record<string, string>;
  method: ConnectionMethod;
  identity: Identity;
  scopes: readonly string[] | null;
  expiresAt: Date | null;
  actor: string;
}

const columns = [
  ...(['provider', 'revision', 'method', 'identity_id', 'identity_name', 'scopes', 'expires_at', 'connected_at'] as const),
  ...(['connected_by', 'failing_since', 'last_error', 'checks', 'checked_at'] as const),
] as const;

/** The accounts that were ever connected by a person or checked. */
export async function listConnections(db: Database): Promise<Connection[]> {
  const rows = await db
    .selectFrom('connection')
    .select(columns)
    .select((eb) => eb('credentials', 'is not', null).as('is_stored'))
    .execute();
  return rows.map((row) => ({
    provider: row.provider,
    isStored: Boolean(row.is_stored),
    revision: row.revision,
    method: row.method,
    identity: row.identity_id === null ? null : { id: row.identity_id, name: row.identity_name },
    scopes: row.scopes,
    expiresAt: row.expires_at,
    connectedAt: row.connected_at,
    connectedBy: row.connected_by,
    failingSince: row.failing_since,
    lastError: row.last_error,
    checks: row.checks,
    checkedAt: row.checked_at,
  }));
}

export async function findConnection(db: Database, provider: string): Promise<Connection | null> {
  return (await listConnections(db)).find((connection) => connection.provider === provider) ?? null;
}

export interface StoredCredentials {
  revision: number;
  variables: Record<string, string>;
}

/**
 * The credentials of every connected account, by account id. Accounts whose credentials the key does not open are listed apart: they are
 * not connected, and the others are.
 */
export async function readCredentials(
  db: Database,
  key: SealingKey | null,
): Promise<{ opened: Map<string, StoredCredentials>; unopened: string[] }> {
  const rows = await db
    .selectFrom('connection')
    .select(['provider', 'revision', 'credentials'])
    .where('credentials', 'is not', null)
    .orderBy('provider')
    .execute();
  const opened = new Map<string, StoredCredentials>();
  const unopened: string[] = [];
  for (const { provider, revision, credentials } of rows) {
    const variables = credentials === null ? null : open(credentials, provider, key);
    if (variables === null) unopened.push(provider);
    else opened.set(provider, { revision, variables });
  }
  return { opened, unopened };
}

function open(sealed: Buffer, provider: string, key: SealingKey | null): Record<string, string> | null {
  if (key === null) return null;
  try {
    return variablesSchema.parse(JSON.parse(unseal(sealed, { key, boundTo: credentialsOf(provider) })));
  } catch (error) {
    if (error instanceof UnopenedError) return null;
    throw error;
  }
}

const variablesSchema = z.record(z.string(), z.string());

/** Serialises connects of the same account. Call it first in the transaction that saves. */
export async function lockConnection(tx: Database, provider: string): Promise<void> {
  await tx
    .insertInto('connection')
    .values({ provider })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await tx.selectFrom('connection').select('provider').where('provider', '=', provider).forUpdate().execute();
}

/** Stores the credentials, encrypted, and tells every process. */
export async function saveConnection(tx: Database, key: SealingKey, connection: NewConnection): Promise<void> {
  const { provider, variables, method, identity, scopes, expiresAt, actor } = connection;
  await tx
    .updateTable('connection')
    .set({
      credentials: seal(JSON.stringify(variables), { key, boundTo: credentialsOf(provider) }),
      revision: sql<number>`revision + 1`,
      method,
      identity_id: identity.id,
      identity_name: identity.name,
      scopes: scopes && [...scopes],
      expires_at: expiresAt,
      connected_at: new Date(),
      connected_by: actor,
      failing_since: null,
      last_error: null,
    })
    .where('provider', '=', provider)
    .execute();
  await notifyChanged(tx, provider);
}

/** Adds variables to stored credentials, such as the signature key of a webhook. Returns false when the account is not connected. */
export async function addVariables(
  tx: Database,
  key: SealingKey,
  provider: string,
  more: Record<string, string>,
): Promise<boolean> {
  await lockConnection(tx, provider);
  const stored = (await readCredentials(tx, key)).opened.get(provider);
  if (!stored) return false;
  const credentials = seal(JSON.stringify({ ...stored.variables, ...more }), { key, boundTo: credentialsOf(provider) });
  await tx
    .updateTable('connection')
    .set({ credentials, revision: sql<number>`revision + 1` })
    .where('provider', '=', provider)
    .execute();
  await notifyChanged(tx, provider);
  return true;
}

/** Forgets the credentials, keeps whose account it was, and tells every process. Returns false when there are none. */
export async function removeCredentials(tx: Database, provider: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('connection')
    .set({
      ...{ credentials: null, revision: sql<number>`revision + 1`, method: null, scopes: null, expires_at: null },
      ...{ connected_at: null, connected_by: null, failing_since: null, last_error: null, checks: null, checked_at: null },
    })
    .where('provider', '=', provider)
    .where('credentials', 'is not', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await tx.deleteFrom('oauth_token').where('provider', '=', provider).execute();
  await notifyChanged(tx, provider);
  return true;
}

/** Stores the result of checks, and whose account it is. */
export async function saveChecks(
  db: Database,
  provider: string,
  { identity, checks }: { identity: Identity | null; checks: readonly ConnectionCheck[] },
): Promise<void> {
  const values = {
    ...(identity && { identity_id: identity.id, identity_name: identity.name }),
    ...{ checks: JSON.stringify(checks), checked_at: new Date() },
  };
  await db
    .insertInto('connection')
    .values({ provider, ...values })
    .onConflict((conflict) => conflict.column('provider').doUpdateSet(values))
    .execute();
}

/** Stores that the calls of an account fail. Keeps the time of the first failure. */
export async function saveFailing(db: Database, provider: string, error: ConnectionError): Promise<void> {
  const at = new Date(error.at);
  await db
    .insertInto('connection')
    .values({ provider, failing_since: at, last_error: JSON.stringify(error) })
    .onConflict((conflict) =>
      conflict.column('provider').doUpdateSet((eb) => ({
        failing_since: eb.fn.coalesce('connection.failing_since', sql<Date>`${at}`),
        last_error: JSON.stringify(error),
      })),
    )
    .execute();
}

export async function saveWorking(db: Database, provider: string): Promise<void> {
  await db
    .updateTable('connection')
    .set({ failing_since: null, last_error: null })
    .where('provider', '=', provider)
    .where('failing_since', 'is not', null)
    .execute();
}

export const credentialsOf = (provider: string): string => `connection/${provider}`;

async function notifyChanged(tx: Database, provider: string): Promise<void> {
  await sql`select pg_notify(${connectionChannel}, ${provider})`.execute(tx);
}
