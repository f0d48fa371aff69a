import { toBearerHeaders, withToken } from '#providers/bearer-token.ts';
import { createSend, type Send } from '#providers/http.ts';
import type { HttpResponse } from '#providers/http-call.ts';
import { AccessToken } from '#providers/oauth.ts';
import type { CallOptions, ConnectOptions } from '#providers/provider.ts';
import { type Quota, RateLimiter } from '#providers/rate-limit.ts';
import { createFieldReader, type LocationFields } from './custom-fields.ts';
import { findError, isTokenRefused } from './errors.ts';
import { createRefresh } from './oauth.ts';
import { findOAuthApp, type GoHighLevelAccount, type GoHighLevelSecrets, vendor } from './settings.ts';

/** The connected handle of one location (sub-account). */
export interface Connection {
  send: Send;
  account: GoHighLevelAccount;
  locationId: string;
  /** The custom fields that hold fields of ours, as they are after the call begins. */
  readFields(call?: CallOptions): Promise<LocationFields>;
}

/** Sets up authorization and the rate limit. Makes no call. */
export function openConnection(options: ConnectOptions<GoHighLevelAccount, GoHighLevelSecrets>): Connection {
  const { account, secrets } = options;
  const send = createAuthorizedSend(options);
  const { GHL_LOCATION_ID: locationId } = secrets;
  return { send, account, locationId, readFields: createFieldReader(send, account, locationId) };
}

/** The path of a contact. Encodes the id. */
export function contactPath(externalId: string): string {
  return `/contacts/${encodeURIComponent(externalId)}`;
}

/** Uses the private integration token if set, else an OAuth access token that refreshes itself. */
function createAuthorizedSend(options: ConnectOptions<GoHighLevelAccount, GoHighLevelSecrets>): Send {
  const { account, secrets, tokens, share, observer } = options;
  const limiter = new RateLimiter({ ...account.rate, concurrency: account.concurrency }, share);
  const settings = { vendor, baseUrl: secrets.GHL_BASE_URL, timeoutSeconds: account.timeoutSeconds, limiter, observer };
  const { GHL_API_KEY: key, GHL_LOCATION_ID: accountId } = secrets;
  const app = findOAuthApp(secrets);
  if (app === null)
    return createSend({ ...settings, findQuota, findError, headers: async () => ({ ...toBearerHeaders(key ?? ''), version }) });
  const refresh = createRefresh(createSend({ ...settings, headers: async () => ({}) }), app);
  const token = new AccessToken({ key: { provider: vendor.id, accountId }, store: tokens, refresh });
  const { headers, renew } = withToken(token, isTokenRefused);
  return createSend({ ...settings, findQuota, findError, headers: async () => ({ ...(await headers()), version }), renew });
}

/** HighLevel docs: `2021-07-28` is the only version of the v2 API. Calls without the header fail with 401. */
const version = '2021-07-28';

/** HighLevel docs: every response reports the remainder of 100 calls in 10 s. */
function findQuota({ headers }: HttpResponse): Quota | null {
  const remaining = Number(headers['x-ratelimit-remaining'] ?? Number.NaN);
  const windowMs = Number(headers['x-ratelimit-interval-milliseconds'] ?? 10_000);
  return Number.isFinite(remaining) && Number.isFinite(windowMs) ? { remaining, windowMs } : null;
}
