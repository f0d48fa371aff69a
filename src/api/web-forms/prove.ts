import type { Request, RequestHandler, Response } from 'express';
import { ApiProblem } from '#api/rest/errors.ts';
import { verifySignature } from '#providers/web-form/signature.ts';
import { readFields } from './body.ts';
import type { OpenForm } from './forms.ts';
import { localsOf, requireOpen } from './locals.ts';
import type { Sender } from './origin.ts';

const noBytes = Buffer.alloc(0);

/** Lets through what a signature or an allowed origin speaks for, and reads it. */
export const proveSender: RequestHandler = (req, res, next) => {
  const rawBody: Buffer = Buffer.isBuffer(req.body) ? req.body : noBytes;
  const proof = isSigned(req, res, rawBody) ? 'signature' : 'origin';
  Object.assign(localsOf(res), { proof, given: readFields(req, rawBody) });
  next();
};

/** Throws for a signature that is wrong, and for an origin that may not send this form. */
function isSigned({ headers }: Request, res: Response, rawBody: Buffer): boolean {
  const { open, sender } = requireOpen(res);
  const verdict = verifySignature({ headers, rawBody, form: open.name, receivedAt: new Date() }, open.secrets);
  if (verdict.kind === 'refused') throw new ApiProblem({ status: 401, code: verdict.code, detail: verdict.reason });
  if (verdict.kind === 'unsigned') requireAllowed(open, sender);
  return verdict.kind === 'genuine';
}

function requireAllowed({ form }: OpenForm, { origin, isAllowed }: Sender): void {
  if (form.signedOnly) {
    const detail = 'This form is for servers that sign: send X-Accord-Timestamp and X-Accord-Signature.';
    throw new ApiProblem({ status: 401, code: 'missing-signature', detail });
  }
  if (isAllowed) return;
  const detail =
    origin === null
      ? 'It does not say which site it comes from: browsers send Origin or Referer, servers sign what they send.'
      : 'This form may not be sent from that site: its origin is not among the allowedOrigins of accord.yaml.';
  throw new ApiProblem({ status: 403, code: 'foreign-origin', detail });
}
