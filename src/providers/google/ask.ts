import type { IncomingHttpHeaders } from 'node:http';
import type { MethodOptions, people_v1 } from 'googleapis/build/src/apis/people/index.js';
import type { ZodType } from 'zod';
import { createSend, type HttpSettings, type NamedCall, sendBy, takeTurn } from '#providers/http.ts';
import { type HttpAnswer, toUnavailable } from '#providers/http-errors.ts';
import { AccessToken } from '#providers/oauth.ts';
import type { CallOptions, ConnectOptions } from '#providers/provider.ts';
import { RateLimiter, shareOf } from '#providers/rate-limit.ts';
import { createRefresh, refineTokenRefusal } from './refresh.ts';
import { refine, vendor } from './refusals.ts';
import type { GoogleAccount, GoogleSecrets } from './settings.ts';

/** One method of Google's client, to be called with these options. */
export interface PeopleCall extends NamedCall {
  isWrite?: true;
  make(api: people_v1.People, options: MethodOptions): Promise<{ status: number; headers: IncomingHttpHeaders; data: unknown }>;
}

/** Makes one call of the People API and gives its answer as `schema` reads it. Throws a `ProviderError`, or the signal's reason. */
export type Ask = <Result>(call: PeopleCall, schema: ZodType<Result>, options?: CallOptions) => Promise<Result>;

/** Google's own client makes the requests; turns, tokens, timeouts and errors are those of every provider. */
export function connectAsk({ account, secrets, tokens, sharedBy }: ConnectOptions<GoogleAccount, GoogleSecrets>): Ask {
  const { GOOGLE_ACCOUNT: accountId, GOOGLE_BASE_URL: baseUrl, GOOGLE_TOKEN_URL: tokenUrl } = secrets;
  const { timeoutSeconds } = account;
  const limiter = new RateLimiter(shareOf({ ...account.rate, concurrency: account.concurrency }, sharedBy));
  const tokenSettings = { provider: vendor, baseUrl: tokenUrl, timeoutSeconds, limiter, refine: refineTokenRefusal };
  const refresh = createRefresh(createSend({ ...tokenSettings, headers: async () => ({}) }), secrets);
  const token = new AccessToken({ key: { provider: vendor.id, accountId }, store: tokens, refresh });
  const reading = { provider: vendor, limiter, refine, ...withToken(token) };
  const writing = { ...reading, limiter: new RateLimiter(oneByOne) };
  return (call, schema, options = {}) => {
    const exchange = (headers: Record<string, string>) => exchangeNow({ baseUrl, timeoutSeconds, call, options, headers });
    if (!call.isWrite) return sendBy({ settings: reading, call, options, exchange }, schema);
    const exchangeInTurn = async (headers: Record<string, string>) => {
      const release = await takeTurn({ settings: reading, call, options });
      return exchange(headers).finally(release);
    };
    return sendBy({ settings: writing, call, options, exchange: exchangeInTurn }, schema);
  };
}

/**
 * Google docs, on every method that writes: send the writes of one user one after the other, else expect latency and failures.
 * The account's rate is kept by the other limiter, so that a write that waits for its turn holds up no read.
 */
const oneByOne = { requestsPerSecond: 1e9, burst: 1e9, concurrency: 1 };

function withToken(token: AccessToken): Pick<HttpSettings, 'headers' | 'renew'> {
  return {
    headers: async () => ({ authorization: bearer + (await token.get()) }),
    renew: async (_, { authorization = '' }) => {
      await token.replace(authorization.slice(bearer.length));
      return true;
    },
  };
}

const bearer = 'Bearer ';

interface Exchange {
  baseUrl: string;
  timeoutSeconds: number;
  call: PeopleCall;
  options: CallOptions;
  headers: Record<string, string>;
}

async function exchangeNow({ baseUrl, timeoutSeconds, call, options: { signal }, headers }: Exchange): Promise<HttpAnswer> {
  const api = await loadApi();
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const answer = await call.make(api, {
      // Here and not with the client, where only the origin of the URL would count.
      rootUrl: `${baseUrl}/`,
      headers,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      // Temporal tries again.
      retry: false,
      redirect: 'manual',
      responseType: 'json',
      validateStatus: () => true,
      fetchImplementation: fetch,
    });
    const json = typeof answer.data === 'object' && answer.data !== null ? answer.data : undefined;
    return { status: answer.status, headers: answer.headers, json };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const fault = findFault(error);
    const unreached = fault ? `could not be reached: ${fault.code}` : 'could not be reached';
    const what = timeout.aborted ? `did not answer within ${timeoutSeconds} s` : unreached;
    throw toUnavailable(vendor, call, what, fault ?? undefined);
  }
}

/** The system's error below Google's: that one carries its `config`, and so what was sent, and the token. */
function findFault(error: unknown): { code: string } | null {
  for (let each = error; typeof each === 'object' && each !== null; each = 'cause' in each ? each.cause : null) {
    if (!('config' in each) && 'code' in each && typeof each.code === 'string') return each as { code: string };
  }
  return null;
}

let api: Promise<people_v1.People> | undefined;

/** With the first call: it takes a tenth of a second and 30 MB, which the API process and the commands have no use for. */
function loadApi(): Promise<people_v1.People> {
  api ??= import('googleapis/build/src/apis/people/index.js').then(({ people }) => people({ version: 'v1' }));
  return api;
}
