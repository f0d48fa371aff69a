import { type RawBuilder, sql } from 'kysely';
import { authorizationOf } from './connections/authorization-requests.ts';
import { credentialsOf } from './connections/connections.ts';
import type { Database } from './database.ts';
import { secretOf } from './delivery/endpoint-secrets.ts';
import { headersOf } from './delivery/endpoints.ts';
import { erasureSecretName } from './erasure/erasure-secret.ts';
import { answerOf } from './idempotency-keys.ts';
import { tokensOf } from './oauth-tokens.ts';
import { headerOf, type KeyRing, seal, UnopenedError, unseal } from './seal.ts';

/** A column with encrypted values, in a table whose rows a text identifies. */
interface SealedColumn {
  table: string;
  column: string;
  /** The columns of the primary key. */
  key: readonly string[];
  /** The additional data of the encryption, from the values of the primary key. */
  boundTo(key: readonly string[]): string;
  /** The bytes before the encrypted value. */
  prefix?: string;
}

/** Every column with encrypted values. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'webhook_endpoint', column: 'secret', key: ['id'], boundTo: ([id = '']) => secretOf(id) },
  { table: 'webhook_endpoint', column: 'previous_secret', key: ['id'], boundTo: ([id = '']) => secretOf(id) },
  { table: 'webhook_endpoint', column: 'custom_headers', key: ['id'], boundTo: ([id = '']) => headersOf(id) },
  {
    ...{ table: 'oauth_token', column: 'ciphertext', key: ['provider', 'account_id'] },
    boundTo: ([provider = '', accountId = '']) => tokensOf({ provider, accountId }),
  },
  { table: 'connection', column: 'credentials', key: ['provider'], boundTo: ([provider = '']) => credentialsOf(provider) },
  { table: 'authorization_request', column: 'secrets', key: ['id'], boundTo: ([id = '']) => authorizationOf(id) },
  { table: 'erasure_secret', column: 'secret', key: ['id'], boundTo: () => erasureSecretName },
  {
    ...{ table: 'idempotency_key', column: 'answer', key: ['actor', 'key'], prefix: 's' },
    boundTo: ([actor = '', key = '']) => answerOf({ actor, key }),
  },
];

export interface Rotation {
  /** Values that the first key has encrypted anew. */
  rotated: number;
  /** Sentences about values that no key opens. They stay as they are. */
  unreadable: string[];
}

/**
 * Encrypts every value anew that another key than the first one has encrypted, in batches: it may be stopped, and goes on where it was.
 * Processes with the same keys may run meanwhile.
 */
export async function rotateEncryption(db: Database, keys: KeyRing, { batchSize = 100 } = {}): Promise<Rotation> {
  const total: Rotation = { rotated: 0, unreadable: [] };
  for (const column of sealedColumns) {
    let after: readonly string[] | null = null;
    do {
      after = await db.transaction().execute((tx) => rotateBatch(tx, keys, column, { after, batchSize, total }));
    } while (after !== null);
  }
  return total;
}

interface Batch {
  /** The last primary key of the batch before. */
  after: readonly string[] | null;
  batchSize: number;
  total: Rotation;
}

/** Returns the last primary key of the batch; null when there is nothing left. */
async function rotateBatch(
  tx: Database,
  keys: KeyRing,
  { table, column, key, boundTo, prefix = '' }: SealedColumn,
  { after, batchSize, total }: Batch,
): Promise<readonly string[] | null> {
  const value = sql.ref(column);
  const names = sql.join(key.map((name): RawBuilder<string> => sql`${sql.ref(name)}::text`));
  const current = Buffer.concat([Buffer.from(prefix), headerOf(keys.keys[0]?.id ?? '')]);
  const { rows } = await sql<{ id: string[]; sealed: Buffer }>`
    select array[${names}] as id, ${value} as sealed from ${sql.table(table)}
    where ${value} is not null and substring(${value} from 1 for ${current.length}::int) <> ${current}
      and substring(${value} from 1 for ${prefix.length}::int) = ${Buffer.from(prefix)}
      and (${after}::text[] is null or array[${names}] > ${after}::text[])
    order by array[${names}] limit ${batchSize} for update`.execute(tx);
  for (const { id, sealed } of rows) {
    try {
      const text = unseal(sealed.subarray(prefix.length), { key: keys, boundTo: boundTo(id) });
      const anew = Buffer.concat([Buffer.from(prefix), seal(text, { key: keys, boundTo: boundTo(id) })]);
      await sql`update ${sql.table(table)} set ${value} = ${anew} where array[${names}] = ${id}::text[]`.execute(tx);
      total.rotated += 1;
    } catch (error) {
      if (!(error instanceof UnopenedError)) throw error;
      total.unreadable.push(error.message);
    }
  }
  return rows.at(-1)?.id ?? null;
}
