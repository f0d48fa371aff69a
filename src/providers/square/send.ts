import type { BaseClientOptions, BaseRequestOptions, SquareClient, SquareError } from 'square';
import { Agent } from 'undici';
import type { ZodType } from 'zod';
import { findBearerToken, toBearerHeaders, withToken } from '#providers/bearer-token.ts';
import { createSend, type HttpSettings, observe, performCall } from '#providers/http.ts';
import type { HttpCall, HttpResponse, NamedCall } from '#providers/http-call.ts';
import { requestOnce } from '#providers/http-request.ts';
import { AccessToken } from '#providers/oauth.ts';
import type { CallOptions, ConnectOptions } from '#providers/provider.ts';
import { RateLimiter } from '#providers/rate-limit.ts';
import { findError, toSdkError } from './errors.ts';
import { createRefresh, renewAfterMs } from './oauth.ts';
import { findOAuthApp, type SquareAccount, type SquareSecrets, vendor } from './settings.ts';

type Customers = SquareClient['customers'];

/** One call of a method of Square's SDK. */
export interface SquareCall extends NamedCall {
  request(customers: Customers, options: BaseRequestOptions, sdk: SquareClient): Promise<unknown>;
}

/** Makes one call with the SDK and parses the response with `schema`. Throws a `ProviderError`, or the signal's reason. */
export type Send = <Result>(call: SquareCall, schema: ZodType<Result>, options?: CallOptions) => Promise<Result>;

/** Square's SDK builds the requests. Rate limit, timeout and errors are the shared ones of all providers. */
export function createSdkSend(connection: ConnectOptions<SquareAccount, SquareSecrets>): Send {
  const { account, secrets, share, observer } = connection;
  const limiter = new RateLimiter({ ...account.rate, concurrency: account.concurrency }, share);
  const dispatcher = new Agent();
  const settings = { vendor, limiter, observer, findError, ...authorize(connection, limiter) };
  return async (call, schema, options = {}) => {
    // Loaded on the first call: the SDK has thousands of modules and would delay every start by half a second.
    const { SquareClient } = await import('square');
    const exchangeWith = (headers: Record<string, string>) => {
      const received: HttpResponse[] = [];
      const sdk = new SquareClient({
        // The SDK sets the authorization header itself.
        token: findBearerToken(headers),
        baseUrl: secrets.SQUARE_BASE_URL,
        timeoutInSeconds: account.timeoutSeconds,
        // The workflow retries.
        maxRetries: 0,
        fetcher: createFetcher(dispatcher, call, received),
      });
      return observe(settings, call, () => exchange(sdk, call, options, received));
    };
    return performCall({ settings, call, options, exchange: exchangeWith }, schema);
  };
}

/** Uses the access token of the environment if set, else one of the OAuth app that renews itself. */
function authorize(
  { account: { timeoutSeconds }, secrets, tokens, observer }: ConnectOptions<SquareAccount, SquareSecrets>,
  limiter: RateLimiter,
): Pick<HttpSettings, 'headers' | 'renew'> {
  const { SQUARE_ACCESS_TOKEN: accessToken, SQUARE_BASE_URL: baseUrl, SQUARE_MERCHANT_ID: accountId } = secrets;
  const app = findOAuthApp(secrets);
  if (app === null) return { headers: async () => toBearerHeaders(accessToken ?? '') };
  const send = createSend({ vendor, baseUrl, timeoutSeconds, limiter, observer, headers: async () => ({}) });
  const refresh = createRefresh(send, app, accountId);
  return withToken(new AccessToken({ key: { provider: vendor.id, accountId }, store: tokens, refresh, renewAfterMs }));
}

/** Makes one request and returns the response, whatever its status. Throws when there is none. */
async function exchange(
  sdk: SquareClient,
  call: SquareCall,
  { signal }: CallOptions,
  received: readonly HttpResponse[],
): Promise<HttpResponse> {
  try {
    await call.request(sdk.customers, signal ? { abortSignal: signal } : {}, sdk);
    return received.at(-1) ?? { status: 200, headers: {}, json: undefined };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (isSquareError(error)) return toResponse(error);
    throw toSdkError(error, call);
  }
}

type ResponseError = SquareError & { statusCode: number };

/** Compares the name, because the SDK and its error classes are loaded lazily. */
function isSquareError(error: unknown): error is ResponseError {
  return error instanceof Error && error.name === 'SquareError' && 'statusCode' in error && typeof error.statusCode === 'number';
}

/** Omits the error's message: it has the whole body, which may quote the customer. */
function toResponse({ statusCode: status, body: json, rawResponse }: ResponseError): HttpResponse {
  return { status, headers: Object.fromEntries(rawResponse?.headers ?? []), json };
}

type Fetcher = NonNullable<BaseClientOptions['fetcher']>;
type SdkRequest = Parameters<Fetcher>[0];

/**
 * Replaces the SDK's own fetcher. That one (46.0.0) follows redirects, reads a 200 with HTML as a response without customers, stops its
 * timeout at the headers, and keeps the process alive by the timer of a failed call. Throws `UnavailableError` without a response, and
 * the signal's reason on abort; the SDK passes both through.
 */
function createFetcher(dispatcher: Agent, { operation }: NamedCall, received: HttpResponse[]): Fetcher {
  return async <Result>(request: SdkRequest) => {
    const { url, queryString, method, body, timeoutMs = 0, abortSignal } = request;
    const response = await requestOnce({
      ...{ dispatcher, vendor, baseUrl: url, timeoutSeconds: timeoutMs / 1000 },
      call: { operation, method, path: queryString ? `?${queryString}` : '', ...toBody(body) },
      options: abortSignal ? { signal: abortSignal } : {},
      headers: await toHeaders(request),
    });
    received.push(response);
    return toSdkResponse<Result>(response);
  };
}

function toSdkResponse<Result>({ status, headers, json }: HttpResponse) {
  const single = Object.entries(headers).filter((header): header is [string, string] => typeof header[1] === 'string');
  const rawResponse = new Response(null, { status, headers: single });
  // `performCall` parses the body. The SDK's parser misreads values of another type: see `inSdkSpelling`.
  if (status >= 200 && status < 300) return { ok: true, body: {} as Result, rawResponse } as const;
  return { ok: false, error: { reason: 'status-code', statusCode: status, body: json }, rawResponse } as const;
}

/** The SDK has versions as bigint, which JSON does not support. */
function toBody(body: unknown): Pick<HttpCall, 'body'> {
  if (typeof body !== 'object' || body === null) return {};
  return { body: JSON.parse(JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? Number(value) : value))) };
}

/** The SDK passes a header as a string, as a function that returns it, or as null. */
async function toHeaders({ headers = {} }: SdkRequest): Promise<Record<string, string>> {
  const resolved: Record<string, string> = {};
  for (const [name, header] of Object.entries(headers)) {
    const value: unknown = typeof header === 'function' ? await header({}) : header;
    if (value !== undefined && value !== null) resolved[name] = String(value);
  }
  return resolved;
}
