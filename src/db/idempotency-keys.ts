import { sql } from 'kysely';
import type { Database } from './database.ts';
import { seal, unseal } from './seal.ts';

export interface KeyedRequest {
  /** Id of the API key: two who choose one key do not mean each other. */
  actor: string;
  key: string;
  requestHash: Buffer;
}

export type ClaimedKey =
  | { outcome: 'first' }
  /** It was answered before, with this text. */
  | { outcome: 'repeated'; answer: string }
  /** The key stands for another request. */
  | { outcome: 'mismatch' };

/**
 * Takes the key for the caller's transaction, which keeps it by its commit only: what failed may be asked again. Whoever comes with
 * the same key meanwhile waits, ten seconds at most, and throws then (55P03).
 */
export async function claimKey(
  tx: Database,
  sealWith: Buffer | null,
  { actor, key, requestHash }: KeyedRequest,
): Promise<ClaimedKey> {
  await sql`set local lock_timeout = '10s'`.execute(tx);
  await removeOld(tx, { actor, key });
  const claimed = await tx
    .insertInto('idempotency_key')
    .values({ actor, key, request_hash: requestHash, answer: null })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst();
  if (claimed) return { outcome: 'first' };
  const row = await tx
    .selectFrom('idempotency_key')
    .selectAll()
    .where('actor', '=', actor)
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  if (!row.request_hash.equals(requestHash)) return { outcome: 'mismatch' };
  return { outcome: 'repeated', answer: open(row.answer as Buffer, sealWith, boundTo({ actor, key })) };
}

/** Keeps what the request was answered with, for a day. */
export async function keepAnswer(
  tx: Database,
  sealWith: Buffer | null,
  { actor, key, answer }: { actor: string; key: string; answer: string },
): Promise<void> {
  await tx
    .updateTable('idempotency_key')
    .set({ answer: close(answer, sealWith, boundTo({ actor, key })) })
    .where('actor', '=', actor)
    .where('key', '=', key)
    .execute();
}

async function removeOld(tx: Database, { actor, key }: { actor: string; key: string }): Promise<void> {
  await sql`
    with old as materialized (
      select actor, key from idempotency_key where created_at < now() - interval '24 hours' limit 100 for update skip locked
    )
    delete from idempotency_key using old where idempotency_key.actor = old.actor and idempotency_key.key = old.key`.execute(tx);
  await sql`
    delete from idempotency_key where actor = ${actor} and key = ${key} and created_at < now() - interval '24 hours'`.execute(tx);
}

/** Without a key to encrypt with no answer holds a secret: none can be made then. The first byte says which. */
function close(answer: string, key: Buffer | null, boundTo: string): Buffer {
  return key === null ? Buffer.from(`p${answer}`) : Buffer.concat([Buffer.from('s'), seal(answer, { key, boundTo })]);
}

function open(stored: Buffer, key: Buffer | null, boundTo: string): string {
  const rest = stored.subarray(1);
  if (stored.toString('latin1', 0, 1) === 'p') return rest.toString();
  if (key === null) throw new Error('Set ACCORD_ENCRYPTION_KEY: this answer was stored encrypted');
  return unseal(rest, { key, boundTo });
}

const boundTo = ({ actor, key }: { actor: string; key: string }): string => `idempotency/${actor}/${key}`;
