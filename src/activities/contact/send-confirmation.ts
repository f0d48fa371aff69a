import { hash, randomBytes } from 'node:crypto';
import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { OperatorNeededError } from '#activities/failures.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { findOpenConfirmation, insertToken, saveConfirmationResult } from '#db/sync/confirmations.ts';
import { InvalidRequestError } from '#providers/errors.ts';

export interface ConfirmationResult {
  /** `not-needed`: it was sent before, or a person decided meanwhile. `failed`: only a person can accept the submission. */
  outcome: 'sent' | 'failed' | 'not-needed';
}

/** A mail server that is away for longer is not waited for: the link would come out of the blue. */
const giveUpMs = 3 * 24 * 3_600_000;
const dayMs = 24 * 3_600_000;

/**
 * Sends the confirmation link of a submission. Every attempt has a token of its own, stored as a hash before it is sent, so that each
 * email that arrives works. A worker that dies before it records the result sends again.
 */
export async function sendConfirmation(
  deps: ActivityDeps,
  { submissionId }: { submissionId: string },
  call: ActivityCall,
): Promise<ConfirmationResult> {
  const open = await findOpenConfirmation(deps.db, submissionId);
  if (open === null) return { outcome: 'not-needed' };
  const { sendConfirmation: send } = getConnected(deps, 'webform').client;
  if (!send) throw new OperatorNeededError(cannotSend);
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(deps.now().getTime() + open.days * dayMs);
  await insertToken(deps.db, { hash: hashToken(token), submissionId, expiresAt });
  try {
    await send({ submissionId, form: open.form, to: open.address, token }, call);
  } catch (error) {
    const isFinal = error instanceof InvalidRequestError || deps.now().getTime() - open.requested_at.getTime() > giveUpMs;
    const message = error instanceof Error ? error.message : 'unknown';
    await saveConfirmationResult(deps.db, submissionId, { error: message, failedAt: isFinal ? deps.now() : null });
    if (isFinal) return { outcome: 'failed' };
    throw error;
  }
  await saveConfirmationResult(deps.db, submissionId, { sentAt: deps.now() });
  return { outcome: 'sent' };
}

const cannotSend = 'Confirmation links cannot be sent: set SMTP_URL, SMTP_FROM and PUBLIC_URL, and restart the worker.';

const hashToken = (token: string): string => hash('sha256', token, 'hex');
