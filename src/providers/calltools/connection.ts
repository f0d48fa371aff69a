import { createSend, type Send } from '#providers/http.ts';
import type { ConnectOptions } from '#providers/provider.ts';
import { RateLimiter } from '#providers/rate-limit.ts';
import { Memberships } from './records/memberships.ts';
import { type CallToolsAccount, type CallToolsSecrets, vendor } from './settings.ts';

/** The connected handle of one account. */
export interface Connection {
  send: Send;
  account: CallToolsAccount;
  memberships: Memberships;
}

/** Sets up authorization and the rate limit. Makes no call. */
export function openConnection(options: ConnectOptions<CallToolsAccount, CallToolsSecrets>): Connection {
  const { account, secrets, lists, share, observer } = options;
  const { CALLTOOLS_BASE_URL: baseUrl, CALLTOOLS_API_KEY: key } = secrets;
  const limiter = new RateLimiter({ ...account.rate, concurrency: account.concurrency }, share);
  const headers = async () => ({ authorization: `Token ${key}` });
  const send = createSend({ vendor, baseUrl, timeoutSeconds: account.timeoutSeconds, limiter, observer, headers });
  return { send, account, memberships: new Memberships(send, account, lists) };
}

/** The trailing slash is required: CallTools redirects without it, and clients that follow the redirect turn a POST into a GET. */
export function contactPath(externalId: string): string {
  return `/contacts/${encodeURIComponent(externalId)}/`;
}
