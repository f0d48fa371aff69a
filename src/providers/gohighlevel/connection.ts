import { createSend, type HttpSettings, type Send } from '#providers/http.ts';
import type { HttpResponse } from '#providers/http-call.ts';
import { AccessToken } from '#providers/oauth.ts';
import type { ConnectOptions } from '#providers/provider.ts';
import { divideRate, type Quota, RateLimiter } from '#providers/rate-limit.ts';
import { findError, isTokenRefused } from './errors.ts';
import { createRefresh } from './oauth.ts';
import { findOAuthApp, type GoHighLevelAccount, type GoHighLevelSecrets, vendor } from './settings.ts';

/** The connected handle of one location (sub-account). */
export interface Connection {
  send: Send;
  account: GoHighLevelAccount;
  locationId: string;
}

/** Sets up authorization and the rate limit. Makes no call. */
export function openConnection(options: ConnectOptions<GoHighLevelAccount, GoHighLevelSecrets>): Connection {
  const { account, secrets } = options;
  return { send: createAuthorizedSend(options), account, locationId: secrets.GHL_LOCATION_ID };
}

/** The path of a contact. Encodes the id. */
export function contactPath(externalId: string): string {
  return `/contacts/${encodeURIComponent(externalId)}`;
}

/** Uses the private integration token if set, else an OAuth access token that refreshes itself. */
function createAuthorizedSend(options: ConnectOptions<GoHighLevelAccount, GoHighLevelSecrets>): Send {
  const { account, secrets, tokens, sharedBy } = options;
  const limiter = new RateLimiter(divideRate({ ...account.rate, concurrency: account.concurrency }, sharedBy));
  const settings = { vendor, baseUrl: secrets.GHL_BASE_URL, timeoutSeconds: account.timeoutSeconds, limiter };
  const { GHL_API_KEY: key, GHL_LOCATION_ID: accountId } = secrets;
  const app = key === undefined ? findOAuthApp(secrets) : null;
  if (app === null) return createSend({ ...settings, findQuota, findError, headers: async () => toHeaders(key ?? '') });
  const refresh = createRefresh(createSend({ ...settings, headers: async () => ({}) }), app);
  const token = new AccessToken({ key: { provider: vendor.id, accountId }, store: tokens, refresh });
  return createSend({ ...settings, findQuota, findError, ...withToken(token) });
}

function withToken(token: AccessToken): Pick<HttpSettings, 'headers' | 'renew'> {
  return {
    headers: async () => toHeaders(await token.get()),
    renew: async (response, { authorization = '' }) => {
      if (!isTokenRefused(response)) return false;
      await token.replace(authorization.slice(bearer.length));
      return true;
    },
  };
}

const bearer = 'Bearer ';

/** HighLevel docs: `2021-07-28` is the only version of the v2 API. Calls without the header fail with 401. */
function toHeaders(token: string): Record<string, string> {
  return { authorization: bearer + token, version: '2021-07-28' };
}

/** HighLevel docs: every response reports the remainder of 100 calls in 10 s. */
function findQuota({ headers }: HttpResponse): Quota | null {
  const remaining = Number(headers['x-ratelimit-remaining'] ?? Number.NaN);
  const windowMs = Number(headers['x-ratelimit-interval-milliseconds'] ?? 10_000);
  return Number.isFinite(remaining) && Number.isFinite(windowMs) ? { remaining, windowMs } : null;
}
