import type { Request, RequestHandler, Response } from 'express';
import { ApiProblem } from '#api/rest/errors.ts';
import type { OpenForm } from './forms.ts';
import { requireOpen } from './locals.ts';

export interface Sender {
  /** As the browser names it; null when it names none. */
  origin: string | null;
  /** Whether pages from there may send this form. */
  isAllowed: boolean;
}

/**
 * Where a submission comes from, by Origin, or by Referer where there is no Origin. The form's own page may send it, and the sites
 * of `allowedOrigins`. Scripts cannot forge either header in a browser; programs can, which is what the rate limit is for.
 */
export function findSender(req: Request, { form }: OpenForm, publicUrl: string | undefined): Sender {
  const origin = req.headers.origin ?? originOf(req.headers.referer);
  if (origin === undefined || !URL.canParse(origin)) return { origin: null, isAllowed: false };
  const { host } = new URL(origin);
  const isOwn = host === req.headers.host || (publicUrl !== undefined && host === new URL(publicUrl).host);
  return { origin, isAllowed: isOwn || form.allowedOrigins.includes(origin) };
}

/** Lets a page of an allowed site read the answer. */
export function allowOrigin(res: Response, { origin, isAllowed }: Sender): void {
  res.vary('Origin');
  if (origin !== null && isAllowed) {
    res.set({ 'access-control-allow-origin': origin, 'access-control-expose-headers': 'Retry-After' });
  }
}

/** What a browser asks before it lets a page of another site send JSON. */
export const preflight: RequestHandler = (_req, res) => {
  if (!requireOpen(res).sender.isAllowed) {
    const detail = 'Pages of that site may not send this form: its origin is not among the allowedOrigins of accord.yaml.';
    throw new ApiProblem({ status: 403, code: 'foreign-origin', detail });
  }
  res
    .status(204)
    .set({
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'Content-Type, Idempotency-Key',
      'access-control-max-age': '600',
    })
    .end();
};

function originOf(referer: string | undefined): string | undefined {
  return referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : undefined;
}
