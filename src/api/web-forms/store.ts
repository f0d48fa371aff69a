import type { ApiDeps } from '#api/deps.ts';
import { ApiProblem } from '#api/rest/errors.ts';
import { withTimeout } from '#concurrency/with-timeout.ts';
import { storeSubmission } from '#db/sync/form-submissions.ts';
import { accountId, vendor } from '#providers/web-form/client.ts';
import { type Circumstances, toEvidence } from '#providers/web-form/evidence.ts';
import type { OpenForm } from './forms.ts';

export interface Submission {
  open: OpenForm;
  values: Record<string, string>;
  circumstances: Circumstances;
  idempotencyKey: string | null;
  receivedAt: Date;
}

/** A visitor must hear that it did not work before the browser gives up, also while the database hangs. */
const timeoutMs = 4_000;

/** Resolves once it is stored; `tellWorkflow` is for after the answer. */
export async function keepSubmission({ db, dispatcher }: ApiDeps, submission: Submission) {
  const { open, values, circumstances, ...rest } = submission;
  // A submission that is stored too late is found by the visitor's next try.
  const stored = await withTimeout(
    storeSubmission(db, {
      provider: vendor.id,
      accountId,
      form: open.name,
      values,
      evidence: toEvidence(open.form, values, circumstances),
      sender: circumstances.ip ?? '',
      scheme: circumstances.proof,
      ...rest,
    }),
    { ms: timeoutMs, message: `the database took longer than ${timeoutMs} ms` },
  );
  if (stored.outcome === 'mismatch') {
    const detail = 'This Idempotency-Key was used for other values. Send a new key with new values.';
    throw new ApiProblem({ status: 422, code: 'idempotency-key-reused', detail });
  }
  if (stored.outcome === 'duplicate') return { outcome: 'duplicate' as const, id: stored.id, tellWorkflow: () => {} };
  return { outcome: 'queued' as const, id: stored.id, tellWorkflow: () => void dispatcher.offer(stored.change) };
}
