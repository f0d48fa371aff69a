import type { Request, Response } from 'express';
import { ApiProblem } from '#api/rest/errors.ts';
import type { Proof } from '#providers/web-form/evidence.ts';
import { verifySignature } from '#providers/web-form/signature.ts';
import type { OpenForm } from './forms.ts';

/** The site whose page sent a request. */
export interface Sender {
  /** As the browser sends it; null when it sends none. */
  origin: string | null;
  /** Whether its pages may send this form. */
  isAllowed: boolean;
}

/**
 * The sender by Origin, or by Referer where there is no Origin. The form's own page may send it, and the sites of `allowedOrigins`.
 * A script in a browser cannot forge either header. A program can: the rate limit is for those.
 * A page that came without encryption is another site: anybody on the way can have written it.
 */
export function findSender(
  { headers, protocol }: Pick<Request, 'headers' | 'protocol'>,
  { form }: OpenForm,
  publicUrl: string | undefined,
): Sender {
  const origin = headers.origin ?? originOf(headers.referer);
  if (origin === undefined || !URL.canParse(origin)) return { origin: null, isAllowed: false };
  const from = new URL(origin);
  const here = publicUrl === undefined ? undefined : new URL(publicUrl);
  const isEncryptedHere = protocol === 'https' || here?.protocol === 'https:';
  // A proxy that ends TLS need not say so: https is always right.
  const isOwnHost = from.host === headers.host && (from.protocol === 'https:' || !isEncryptedHere);
  const isOwn = isOwnHost || from.origin === here?.origin;
  return { origin, isAllowed: isOwn || form.allowedOrigins.includes(origin) };
}

function originOf(referer: string | undefined): string | undefined {
  return referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : undefined;
}

/** Sets the CORS headers that let a page of an allowed site read the response. */
export function allowOrigin(res: Response, { origin, isAllowed }: Sender): void {
  res.vary('Origin');
  if (origin !== null && isAllowed) {
    res.set({ 'access-control-allow-origin': origin, 'access-control-expose-headers': 'Retry-After' });
  }
}

/** Answers the preflight request that browsers send before a page of another site may send JSON. */
export function sendPreflight(res: Response, sender: Sender): void {
  if (!sender.isAllowed) throw foreignOrigin();
  res
    .status(204)
    .set({
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'Content-Type, Idempotency-Key',
      'access-control-max-age': '600',
    })
    .end();
}

export interface ProvenSender {
  proof: Proof;
  /** In hex; null for an unsigned submission. */
  signature: string | null;
}

/** Requires a valid signature or, without one, an allowed origin. Throws an `ApiProblem` when neither is there. */
export function proveSender(
  { headers }: Pick<Request, 'headers'>,
  open: OpenForm,
  sender: Sender,
  rawBody: Buffer,
): ProvenSender {
  const verdict = verifySignature({ headers, rawBody, form: open.name, receivedAt: new Date() }, open.secrets);
  if (verdict.kind === 'refused') throw new ApiProblem({ status: 401, code: verdict.code, detail: verdict.reason });
  if (verdict.kind === 'genuine') return { proof: 'signature', signature: verdict.signature };
  requireAllowed(open, sender);
  return { proof: 'origin', signature: null };
}

function requireAllowed({ form }: OpenForm, { origin, isAllowed }: Sender): void {
  if (form.signedOnly) {
    const detail = 'This form takes signed submissions only: send X-Accord-Timestamp and X-Accord-Signature.';
    throw new ApiProblem({ status: 401, code: 'missing-signature', detail });
  }
  if (isAllowed) return;
  const detail = 'The request names no site: browsers send Origin or Referer, servers sign their submissions.';
  throw origin === null ? new ApiProblem({ status: 403, code: 'foreign-origin', detail }) : foreignOrigin();
}

/** 403 for a site that is not in `allowedOrigins`. */
export function foreignOrigin(): ApiProblem {
  const detail = 'This site may not use this form: its origin is not in allowedOrigins of accord.yaml.';
  return new ApiProblem({ status: 403, code: 'foreign-origin', detail });
}
