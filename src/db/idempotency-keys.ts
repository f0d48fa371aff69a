import { sql } from 'kysely';
import type { Database } from './database.ts';
import { type SealingKey, seal, unseal } from './seal.ts';

export interface KeyedRequest {
  /** Id of the API key. Keys of different actors are independent. */
  actor: string;
  key: string;
  requestHash: Buffer;
}

export type IdempotencyClaim =
  | { outcome: 'first' }
  /** The same request was answered before with `answer`. */
  | { outcome: 'repeated'; answer: string }
  /** The key was used for another request. */
  | { outcome: 'mismatch' };

/**
 * Claims the key for the caller's transaction. A rollback frees it, so a failed request can be retried. A concurrent request with the
 * same key waits, and throws after 10 seconds (55P03, lock_not_available). Keys expire after a day.
 */
export async function claimIdempotencyKey(
  tx: Database,
  sealWith: SealingKey | null,
  { actor, key, requestHash }: KeyedRequest,
): Promise<IdempotencyClaim> {
  await sql`set local lock_timeout = '10s'`.execute(tx);
  await removeExpired(tx, { actor, key });
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
  if (row.answer === null) throw new Error(`Idempotency key ${key} was committed without an answer`);
  return { outcome: 'repeated', answer: open(row.answer, sealWith, answerOf({ actor, key })) };
}

/** Stores the answer under the claimed key, so that a repeated request gets it again. */
export async function saveAnswer(
  tx: Database,
  sealWith: SealingKey | null,
  { actor, key, answer }: { actor: string; key: string; answer: string },
): Promise<void> {
  await tx
    .updateTable('idempotency_key')
    .set({ answer: close(answer, sealWith, answerOf({ actor, key })) })
    .where('actor', '=', actor)
    .where('key', '=', key)
    .execute();
}

/** Removes this key if it has expired, and a portion of all other expired ones. */
async function removeExpired(tx: Database, { actor, key }: { actor: string; key: string }): Promise<void> {
  await sql`
    with expired as materialized (
      select actor, key from idempotency_key where created_at < now() - interval '24 hours' limit 100 for update skip locked
    )
    delete from idempotency_key using expired
    where idempotency_key.actor = expired.actor and idempotency_key.key = expired.key`.execute(tx);
  await sql`
    delete from idempotency_key where actor = ${actor} and key = ${key} and created_at < now() - interval '24 hours'`.execute(tx);
}

/** Deletes up to `limit` answers from before a time. Resolves to their number. */
export async function removeOldAnswers(db: Database, { before, limit }: { before: Date; limit: number }): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from idempotency_key where ctid = any (array(
      select ctid from idempotency_key where created_at < ${before} limit ${limit}
    ))`.execute(db);
  return Number(numAffectedRows);
}

/** Encrypts (`s`) or stores as it is (`p`); the first byte tells which. Without an encryption key no answer can contain a secret. */
function close(answer: string, key: SealingKey | null, boundTo: string): Buffer {
  return key === null ? Buffer.from(`p${answer}`) : Buffer.concat([Buffer.from('s'), seal(answer, { key, boundTo })]);
}

function open(stored: Buffer, key: SealingKey | null, boundTo: string): string {
  const rest = stored.subarray(1);
  if (stored.toString('latin1', 0, 1) === 'p') return rest.toString();
  if (key === null) throw new Error('Set ACCORD_ENCRYPTION_KEY: this answer was stored encrypted');
  return unseal(rest, { key, boundTo });
}

export const answerOf = ({ actor, key }: { actor: string; key: string }): string => `idempotency/${actor}/${key}`;
