import type { Fault, SendOutcome } from './outcome.ts';
import { parseRetryAfter } from './retry-after.ts';

export interface ResponseHead {
  status: number;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
}

/** The part of an outcome that decides the next step. */
export type Verdict = Pick<SendOutcome, 'ok' | 'errorClass' | 'error' | 'permanent' | 'disable' | 'retryAfterSeconds'>;

/** Only 2xx is success. */
export function classifyResponse({ status, headers }: ResponseHead, now: Date): Verdict {
  const control = headers['webhook-delivery']?.trim().toLowerCase();
  const disable = status === 410 || control === 'disable';
  const ok = status >= 200 && status <= 299;
  if (ok) return { ok, errorClass: null, error: null, permanent: false, disable, retryAfterSeconds: null };
  return {
    ok,
    ...toFault(status, headers),
    permanent: disable || isRedirect(status) || control === 'abort-message',
    disable,
    retryAfterSeconds: status === 429 || status === 503 ? parseRetryAfter(headers['retry-after'], now) : null,
  };
}

function toFault(status: number, headers: ResponseHead['headers']): Fault {
  if (isRedirect(status)) return { errorClass: 'redirect', error: describeRedirect(status, headers.location) };
  if (status === 410) return { errorClass: 'gone', error: 'The receiver responded 410: the endpoint is gone, and was disabled.' };
  if (status === 429) return { errorClass: 'rate_limited', error: 'The receiver responded 429: too many requests.' };
  if (status >= 400 && status <= 499)
    return { errorClass: 'client_error', error: `The receiver responded ${status}${hints[status] ?? ''}.` };
  return { errorClass: 'server_error', error: `The receiver responded ${status}.` };
}

/** These are retried as usual, because receivers get fixed, but waiting alone rarely helps. */
const hints: Record<number, string> = {
  400: ': it does not accept this body. Check its configuration',
  401: ': it does not accept the signature or a header. Check its secret',
  403: ': it, or a firewall in front of it, blocks the request. Check its configuration',
  404: ': there is nothing at this URL. Check the URL',
  405: ': this URL does not accept POST. Check the URL',
  422: ': it does not accept this body. Check its configuration',
};

function describeRedirect(status: number, location: string | undefined): string {
  const where = location ? ` to ${location.slice(0, 200)}` : '';
  return `The receiver responded ${status}, a redirect${where}. Redirects are not followed. Update the URL of the endpoint.`;
}

function isRedirect(status: number): boolean {
  return status >= 300 && status <= 399;
}
