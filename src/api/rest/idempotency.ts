import { hash } from 'node:crypto';
import type { ApiDeps } from '#api/deps.ts';
import { claimKey, keepAnswer } from '#db/idempotency-keys.ts';
import { ApiProblem } from './errors.ts';

export interface AskedOnce {
  /** The header `Idempotency-Key`, if it was sent. */
  key: string | string[] | undefined;
  /** Id of the API key that asks. */
  keyId: string;
  /** Method, path and all that was sent. */
  asked: string;
}

export interface Answered {
  data: unknown;
  /** It was done before, and is told again. */
  isRepeated: boolean;
}

/**
 * Does what is asked in one transaction. Under an `Idempotency-Key` it is done once in 24 hours: the same request is answered as it
 * was, another one with this key is refused, and what failed is as if it had not been asked.
 */
export function answerOnce(
  deps: ApiDeps,
  { key, keyId: actor, asked }: AskedOnce,
  handle: (deps: ApiDeps) => Promise<unknown>,
): Promise<Answered> {
  if (key !== undefined) assertKey(key);
  const sealWith = deps.webhooks?.encryptionKey ?? null;
  return deps.db
    .transaction()
    .execute(async (tx): Promise<Answered> => {
      const run = () => handle({ ...deps, db: tx });
      if (key === undefined) return { data: await run(), isRepeated: false };
      const claimed = await claimKey(tx, sealWith, { actor, key, requestHash: hash('sha256', asked, 'buffer') });
      if (claimed.outcome === 'mismatch') throw reused();
      if (claimed.outcome === 'repeated') return { data: JSON.parse(claimed.answer), isRepeated: true };
      const data = await run();
      await keepAnswer(tx, sealWith, { actor, key, answer: JSON.stringify(data ?? null) });
      return { data, isRepeated: false };
    })
    .catch((error) => {
      throw isInTheWay(error) ? underWay() : error;
    });
}

function assertKey(key: string | string[]): asserts key is string {
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return;
  const detail = 'An Idempotency-Key has 1 to 255 visible ASCII characters.';
  throw new ApiProblem({ status: 400, code: 'invalid-input', detail, errors: [{ pointer: '/headers/idempotency-key', detail }] });
}

/** It waited too long for somebody's lock, or the two waited for each other's (40P01). */
function isInTheWay(error: unknown): boolean {
  return ['55P03', '40P01'].includes(String((error as { code?: unknown }).code));
}

const reused = () =>
  new ApiProblem({ status: 422, code: 'idempotency-key-reused', detail: 'This Idempotency-Key was used for another request.' });

const underWay = () =>
  new ApiProblem({
    ...{ status: 409, code: 'request-under-way', headers: { 'retry-after': '2' } },
    detail: 'Something else is changing this just now. Try again in a few seconds.',
  });
