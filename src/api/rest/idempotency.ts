import { hash } from 'node:crypto';
import type { ApiDeps } from '#api/deps.ts';
import { claimIdempotencyKey, saveAnswer } from '#db/idempotency-keys.ts';
import { ApiProblem, toProperties } from './errors.ts';

export interface IdempotentRequest {
  /** The header `Idempotency-Key`, if present. */
  key: string | string[] | undefined;
  /** Id of the caller's API key: idempotency keys of different callers are independent. */
  keyId: string;
  /** Method, path and input. A key cannot be used for two different requests. */
  request: string;
}

export interface OperationAnswer {
  data: unknown;
  /** True for the stored answer of an earlier request. */
  isReplayed: boolean;
}

/**
 * Runs `handle` in one transaction. With an `Idempotency-Key` it runs once in 24 hours: an equal request gets the stored answer, a
 * different one with the same key is refused. A request that failed leaves no trace.
 */
export function answerOnce(
  deps: ApiDeps,
  { key, keyId: actor, request }: IdempotentRequest,
  handle: (deps: ApiDeps) => Promise<unknown>,
): Promise<OperationAnswer> {
  if (key !== undefined) assertKey(key);
  const sealWith = deps.delivery?.encryptionKey ?? null;
  return deps.db
    .transaction()
    .execute(async (tx): Promise<OperationAnswer> => {
      const run = () => handle({ ...deps, db: tx });
      if (key === undefined) return { data: await run(), isReplayed: false };
      const claimed = await claimIdempotencyKey(tx, sealWith, { actor, key, requestHash: hash('sha256', request, 'buffer') });
      if (claimed.outcome === 'mismatch') throw keyReused();
      if (claimed.outcome === 'repeated') return { data: JSON.parse(claimed.answer), isReplayed: true };
      const data = await run();
      await saveAnswer(tx, sealWith, { actor, key, answer: JSON.stringify(data ?? null) });
      return { data, isReplayed: false };
    })
    .catch((error) => {
      throw isLockConflict(error) ? concurrentChange() : error;
    });
}

function assertKey(key: string | string[]): asserts key is string {
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return;
  const detail = 'An Idempotency-Key has 1 to 255 visible ASCII characters.';
  throw new ApiProblem({ status: 400, code: 'invalid-input', detail, errors: [{ pointer: '/headers/idempotency-key', detail }] });
}

/** PostgreSQL's lock_not_available (55P03, after `lock_timeout`) and deadlock_detected (40P01). */
function isLockConflict(error: unknown): boolean {
  return ['55P03', '40P01'].includes(String(toProperties(error).code));
}

const keyReused = () =>
  new ApiProblem({
    status: 422,
    code: 'idempotency-key-reused',
    detail: 'This Idempotency-Key was used for another request.',
  });

const concurrentChange = () =>
  new ApiProblem({
    ...{ status: 409, code: 'request-under-way', headers: { 'retry-after': '2' } },
    detail: 'Another request is changing the same data. Try again in a few seconds.',
  });
