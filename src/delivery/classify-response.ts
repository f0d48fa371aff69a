import type { Fault, SendOutcome } from './outcome.ts';
import { parseRetryAfter } from './retry-after.ts';

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
}

/** What follows from an attempt. */
export type Verdict = Pick<SendOutcome, 'ok' | 'errorClass' | 'error' | 'permanent' | 'disable' | 'retryAfterSeconds'>;

/** What follows from an answer: 2xx alone is success. */
export function classifyResponse({ status, headers }: Answer, now: Date): Verdict {
  const wish = headers['webhook-delivery']?.trim().toLowerCase();
  const disable = status === 410 || wish === 'disable';
  const ok = status >= 200 && status <= 299;
  if (ok) return { ok, errorClass: null, error: null, permanent: false, disable, retryAfterSeconds: null };
  return {
    ok,
    ...nameFault(status, headers),
    permanent: disable || isRedirect(status) || wish === 'abort-message',
    disable,
    retryAfterSeconds: status === 429 || status === 503 ? parseRetryAfter(headers['retry-after'], now) : null,
  };
}

function nameFault(status: number, headers: Answer['headers']): Fault {
  if (isRedirect(status)) return { errorClass: 'redirect', error: sayRedirect(status, headers.location) };
  if (status === 410) return { errorClass: 'gone', error: 'Answered 410: the endpoint is gone, and was disabled.' };
  if (status === 429) return { errorClass: 'rate_limited', error: 'Answered 429: too many requests.' };
  if (status >= 400 && status <= 499) return { errorClass: 'client_error', error: `Answered ${status}${hints[status] ?? ''}.` };
  return { errorClass: 'server_error', error: `Answered ${status}.` };
}

/** Tried again as usual, because receivers are fixed; these are rarely cured by waiting. */
const hints: Record<number, string> = {
  400: ': the receiver does not take this body. Likely its configuration',
  401: ': the receiver does not accept the signature or a header. Likely its secret',
  403: ': the receiver, or a firewall in front of it, does not let the request in. Likely its configuration',
  404: ': there is nothing at this URL. Likely a mistake in it',
  405: ': this URL takes no POST. Likely a mistake in it',
  422: ': the receiver does not take this body. Likely its configuration',
};

function sayRedirect(status: number, location: string | undefined): string {
  const where = location ? ` to ${location.slice(0, 200)}` : '';
  return `Answered ${status}, a redirect${where}. Redirects are not followed: update the URL of the endpoint.`;
}

function isRedirect(status: number): boolean {
  return status >= 300 && status <= 399;
}
