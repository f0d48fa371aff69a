import { createHash } from 'node:crypto';
import type { SandboxContext } from '#sandbox/core/sandbox.ts';
import { invalidRequest } from './api-error.ts';
import type { CustomerBook } from './customers/customer-book.ts';
import type { SquareSettings } from './settings.ts';

interface KeptAnswer {
  fingerprint: string;
  answer: object;
  at: number;
}

export type Idempotency = ReturnType<typeof createIdempotency>;

/** Square docs (idempotency): the same key with the same data returns the first answer again. */
export function createIdempotency({ store, clock, settings }: SandboxContext<SquareSettings>, book: CustomerBook) {
  const keptAnswers = store.collection<KeptAnswer>('idempotency-keys');

  function findAnswer(key: string): KeptAnswer | undefined {
    const kept = keptAnswers.get(key);
    const lifeMs = settings.current.idempotencyKeyLifeMs ?? Number.POSITIVE_INFINITY;
    return kept && clock.now() < kept.at + lifeMs ? kept : undefined;
  }

  return {
    /** Runs `work` once per key. A failed request can be retried with its key. */
    once(key: string | undefined, data: object, work: () => object): object {
      if (!key) return work();
      const fingerprint = createHash('sha256').update(JSON.stringify(data)).digest('base64');
      const kept = findAnswer(key);
      if (kept && (kept.fingerprint !== fingerprint || isGone(kept.answer, book))) throw keyReused();
      if (kept) return kept.answer;
      return store.transaction(() => {
        const answer = work();
        keptAnswers.put(key, { fingerprint, answer, at: clock.now() });
        return answer;
      });
    },
  };
}

/** Square forum 8276: the key of a deleted customer cannot be used again. */
function isGone(answer: { customer?: { id: string } }, book: CustomerBook): boolean {
  const profile = answer.customer && book.find(answer.customer.id);
  return profile?.deleted === true && profile.mergedInto === undefined;
}

const keyReused = () =>
  invalidRequest(
    'IDEMPOTENCY_KEY_REUSED',
    'The idempotency key can only be retried with the same request data.',
    'idempotency_key',
  );
