import type { IncomingHttpHeaders } from 'node:http';
import type { MethodOptions, people_v1 } from 'googleapis/build/src/apis/people/index.js';
import type { ZodType } from 'zod';
import { type LockAccount, type LockSettings, withAccountLock } from '#providers/account-lock.ts';
import { withToken } from '#providers/bearer-token.ts';
import { createSend, observe, performCall, takeTurn } from '#providers/http.ts';
import type { HttpResponse, NamedCall } from '#providers/http-call.ts';
import { toUnavailable } from '#providers/http-errors.ts';
import { AccessToken } from '#providers/oauth.ts';
import type { CallOptions, ConnectOptions } from '#providers/provider.ts';
import { RateLimiter } from '#providers/rate-limit.ts';
import { findError } from './errors.ts';
import { createRefresh, findTokenError } from './oauth.ts';
import { type GoogleAccount, type GoogleSecrets, vendor } from './settings.ts';

export type Sdk = people_v1.People;
export type SdkOptions = MethodOptions;

/** One call of a method of Google's SDK. */
export interface PeopleCall extends NamedCall {
  isWrite?: true;
  request(sdk: Sdk, options: SdkOptions): Promise<{ status: number; headers: IncomingHttpHeaders; data: unknown }>;
}

/** Makes one call of the People API and parses the response with `schema`. Throws a `ProviderError`, or the signal's reason. */
export type Send = <Result>(call: PeopleCall, schema: ZodType<Result>, options?: CallOptions) => Promise<Result>;

/** Google's SDK makes the requests. Rate limit, tokens, timeout and errors are the shared ones of all providers. */
export function createSdkSend(connection: ConnectOptions<GoogleAccount, GoogleSecrets>): Send {
  const { account, secrets, tokens, lockAccount, share, observer } = connection;
  const { GOOGLE_ACCOUNT: accountId, GOOGLE_BASE_URL: baseUrl, GOOGLE_TOKEN_URL: tokenUrl } = secrets;
  const { timeoutSeconds } = account;
  const limiter = new RateLimiter({ ...account.rate, concurrency: account.concurrency }, share);
  const tokenSettings = { vendor, baseUrl: tokenUrl, timeoutSeconds, limiter, observer, findError: findTokenError };
  const refresh = createRefresh(createSend({ ...tokenSettings, headers: async () => ({}) }), secrets);
  const key = { provider: vendor.id, accountId };
  const token = new AccessToken({ key, store: tokens, refresh });
  const reads = { vendor, limiter, observer, findError, ...withToken(token) };
  const alone = createAccountTurn(lockAccount, { key, timeoutSeconds });
  const writes = { ...reads, limiter: new RateLimiter(oneAtATime) };
  return (call, schema, options = {}) => {
    const exchange = (headers: Record<string, string>) =>
      observe(reads, call, () => requestOnce({ baseUrl, timeoutSeconds, call, options, headers }));
    if (!call.isWrite) return performCall({ settings: reads, call, options, exchange }, schema);
    const exchangeInTurn = async (headers: Record<string, string>) => {
      const release = await takeTurn({ settings: reads, call, options });
      return alone(call, options, () => exchange(headers)).finally(release);
    };
    return performCall({ settings: writes, call, options, exchange: exchangeInTurn }, schema);
  };
}

type AccountTurn = <Result>(call: PeopleCall, options: CallOptions, work: () => Promise<Result>) => Promise<Result>;

/** The turn of this process among all processes. Taken after the waits for rate and queue, so that it is held for one request only. */
function createAccountTurn(lock: LockAccount | undefined, settings: Pick<LockSettings, 'key' | 'timeoutSeconds'>): AccountTurn {
  if (lock === undefined) return (_call, _options, work) => work();
  return (call, { signal }, work) =>
    withAccountLock({ ...settings, vendor, lock }, call, () => {
      signal?.throwIfAborted();
      return work();
    });
}

/**
 * Google docs, on every write method: send the writes of one user sequentially, to avoid latency and failures. This limiter
 * serialises those of one process, an account's lock those of all. The rate is kept by the other limiter, so that a queued write delays no read.
 */
const oneAtATime = { requestsPerSecond: 1e9, burst: 1e9, concurrency: 1 };

interface RequestOptions {
  baseUrl: string;
  timeoutSeconds: number;
  call: PeopleCall;
  options: CallOptions;
  headers: Record<string, string>;
}

async function requestOnce({ baseUrl, timeoutSeconds, call, options, headers }: RequestOptions): Promise<HttpResponse> {
  const { signal } = options;
  const sdk = await loadSdk();
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const response = await call.request(sdk, {
      // Set per call: a client-wide root URL would lose its path.
      rootUrl: `${baseUrl}/`,
      headers,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      // Temporal retries.
      retry: false,
      redirect: 'manual',
      responseType: 'json',
      validateStatus: () => true,
      fetchImplementation: fetch,
    });
    const json = typeof response.data === 'object' && response.data !== null ? response.data : undefined;
    return { status: response.status, headers: response.headers, json };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const cause = findSystemError(error);
    const unreachable = cause ? `could not be reached: ${cause.code}` : 'could not be reached';
    const sentence = timeout.aborted ? `did not answer within ${timeoutSeconds} s` : unreachable;
    throw toUnavailable(vendor, call, sentence, cause ?? undefined);
  }
}

/** Finds the system error below the SDK's errors. Those have a `config` with the request and the token, and must not be kept. */
function findSystemError(error: unknown): { code: string } | null {
  for (let each = error; typeof each === 'object' && each !== null; each = 'cause' in each ? each.cause : null) {
    if (!('config' in each) && hasCode(each)) return each;
  }
  return null;
}

function hasCode(error: object): error is { code: string } {
  return 'code' in error && typeof error.code === 'string';
}

let sdkLoading: Promise<Sdk> | undefined;

/** Loads the SDK on the first call: it takes 100 ms and 30 MB, and the api process and the CLI never need it. */
function loadSdk(): Promise<Sdk> {
  sdkLoading ??= import('googleapis/build/src/apis/people/index.js').then(({ people }) => people({ version: 'v1' }));
  return sdkLoading;
}
