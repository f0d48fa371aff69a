import { createSend, type HttpSettings, type Send } from '#providers/http.ts';
import type { HttpAnswer } from '#providers/http-errors.ts';
import { AccessToken } from '#providers/oauth.ts';
import type { ConnectOptions } from '#providers/provider.ts';
import { type Quota, RateLimiter, shareOf } from '#providers/rate-limit.ts';
import { createRefresh } from './refresh.ts';
import { isTokenRefused, refine, vendor } from './refusals.ts';
import { findOAuthApp, type GoHighLevelAccount, type GoHighLevelSecrets } from './settings.ts';

/** Calls with the private integration token or, where none is set, with an OAuth token that refreshes itself. */
export function connectSend(options: ConnectOptions<GoHighLevelAccount, GoHighLevelSecrets>): Send {
  const { account, secrets, tokens, sharedBy } = options;
  const limiter = new RateLimiter(shareOf({ ...account.rate, concurrency: account.concurrency }, sharedBy));
  const connection = { provider: vendor, baseUrl: secrets.GHL_BASE_URL, timeoutSeconds: account.timeoutSeconds, limiter };
  const { GHL_API_KEY: key, GHL_LOCATION_ID: accountId } = secrets;
  const app = key === undefined ? findOAuthApp(secrets) : null;
  if (app === null) return createSend({ ...connection, findQuota, refine, headers: async () => toHeaders(key ?? '') });
  const refresh = createRefresh(createSend({ ...connection, headers: async () => ({}) }), app);
  const token = new AccessToken({ key: { provider: vendor.id, accountId }, store: tokens, refresh });
  return createSend({ ...connection, findQuota, refine, ...withToken(token) });
}

function withToken(token: AccessToken): Pick<HttpSettings, 'headers' | 'renew'> {
  return {
    headers: async () => toHeaders(await token.get()),
    renew: async (answer, { authorization = '' }) => {
      if (!isTokenRefused(answer)) return false;
      await token.replace(authorization.slice(bearer.length));
      return true;
    },
  };
}

const bearer = 'Bearer ';

/** HighLevel docs: `2021-07-28` is the only version of the v2 API. Without the header, every call is refused with a 401. */
function toHeaders(token: string): Record<string, string> {
  return { authorization: bearer + token, version: '2021-07-28' };
}

/** HighLevel docs: every answer says what is left of 100 calls in 10 s. */
function findQuota({ headers }: HttpAnswer): Quota | null {
  const remaining = Number(headers['x-ratelimit-remaining'] ?? Number.NaN);
  const windowMs = Number(headers['x-ratelimit-interval-milliseconds'] ?? 10_000);
  return Number.isFinite(remaining) && Number.isFinite(windowMs) ? { remaining, windowMs } : null;
}
