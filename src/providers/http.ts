import { Agent } from 'undici';
import { type ZodType, z } from 'zod';
import { type ProviderError, RateLimitError } from './errors.ts';
import type { CallObserver, HttpCall, HttpResponse, NamedCall, Vendor } from './http-call.ts';
import { toProviderError, toUnavailable } from './http-errors.ts';
import { requestOnce } from './http-request.ts';
import type { CallOptions } from './provider.ts';
import type { Quota, RateLimiter } from './rate-limit.ts';

export interface HttpSettings {
  vendor: Vendor;
  baseUrl: string;
  timeoutSeconds: number;
  limiter: RateLimiter;
  observer?: CallObserver | undefined;
  /** Authorization and other headers of every call; asked for each call. */
  headers(): Promise<Record<string, string>>;
  /** Called after a 401. True when new headers justify one more attempt. */
  renew?(response: HttpResponse, headers: Record<string, string>): Promise<boolean>;
  /** Reads the remaining quota from a response; null when it has none. */
  findQuota?(response: HttpResponse): Quota | null;
  /** Recognises error responses whose status alone would mislead; null for the mapping by status. */
  findError?(response: HttpResponse, call: NamedCall): ProviderError | null;
}

/** Makes one call and parses its JSON with `schema`. Throws a `ProviderError`, or the signal's reason. */
export type Send = <Result>(call: HttpCall, schema: ZodType<Result>, options?: CallOptions) => Promise<Result>;

/**
 * Creates the function that every request to a vendor goes through. It waits for the rate limiter, follows no redirects, applies
 * one total timeout and throws our own errors. It does not retry: the workflow decides that.
 */
export function createSend(settings: HttpSettings): Send {
  const { vendor, baseUrl, timeoutSeconds } = settings;
  const dispatcher = new Agent();
  return (call, schema, options = {}) => {
    const exchange = (headers: Record<string, string>) =>
      observe(settings, call, () => requestOnce({ dispatcher, vendor, baseUrl, timeoutSeconds, call, options, headers }));
    return performCall({ settings, call, options, exchange }, schema);
  };
}

/** A call with its own way to make the request, such as a vendor's SDK. */
export interface CallExecution {
  settings: Omit<HttpSettings, 'baseUrl' | 'timeoutSeconds'>;
  call: NamedCall;
  options: CallOptions;
  /** Makes one request and returns the response, whatever its status. Throws when there is none. */
  exchange(headers: Record<string, string>): Promise<HttpResponse>;
}

/** Wraps a request in authorization, rate limit, error mapping and parsing. `createSend` and the SDK clients share it. */
export async function performCall<Result>(execution: CallExecution, schema: ZodType<Result>): Promise<Result> {
  const { settings, call } = execution;
  // Before the call's turn, because refreshing a token takes a turn of its own.
  const headers = await settings.headers();
  let response = await exchangeInTurn(execution, headers);
  if (response.status === 401 && (await settings.renew?.(response, headers))) {
    response = await exchangeInTurn(execution, await settings.headers());
  }
  if (response.status < 200 || response.status > 299) throw toError(settings, call, response);
  return parseResponse(settings, call, response, schema);
}

/** The root URL of a vendor's API in an environment variable, without trailing slashes. */
export const baseUrlSchema = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

/** The workflow waits longer than this: a waiting activity occupies a slot of its worker. */
const maxWaitSeconds = 30;
/** After a 429 without a wait time. */
const defaultPauseSeconds = 2;

/** Waits for the rate limiter. Call the returned function to release the slot. Throws `RateLimitError` when the wait is long. */
export async function takeTurn({ settings, call, options }: Omit<CallExecution, 'exchange'>): Promise<() => void> {
  const { vendor, limiter } = settings;
  const { operation } = call;
  const retryAfterSeconds = Math.ceil(limiter.pausedSeconds);
  if (retryAfterSeconds > maxWaitSeconds) {
    const message = `${vendor.name} rate limit: the next call may start in ${retryAfterSeconds} s.`;
    throw new RateLimitError({ provider: vendor.id, operation, message, retryAfterSeconds });
  }
  const since = performance.now();
  const release = await limiter.acquire(options);
  settings.observer?.waited((performance.now() - since) / 1_000);
  return release;
}

/** Tells the observer of one request. */
export async function observe(
  { observer }: Pick<HttpSettings, 'observer'>,
  call: NamedCall,
  request: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const end = observer?.begin(call);
  let status: number | null = null;
  try {
    const response = await request();
    status = response.status;
    return response;
  } finally {
    end?.(status);
  }
}

async function exchangeInTurn(execution: CallExecution, headers: Record<string, string>): Promise<HttpResponse> {
  const { settings } = execution;
  const release = await takeTurn(execution);
  const response = await execution.exchange(headers).finally(release);
  const quota = settings.findQuota?.(response);
  if (quota) settings.limiter.observe(quota);
  return response;
}

function parseResponse<Result>(
  { vendor }: CallExecution['settings'],
  call: NamedCall,
  { status, json }: HttpResponse,
  schema: ZodType<Result>,
): Result {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => issue.path.join('.') || 'body').join(', ');
  throw toUnavailable(vendor, call, `answered ${status} with an unexpected body (${places})`);
}

function toError(
  { vendor, limiter, findError }: CallExecution['settings'],
  call: NamedCall,
  response: HttpResponse,
): ProviderError {
  const error = findError?.(response, call) ?? toProviderError(vendor, call, response);
  if (error instanceof RateLimitError) limiter.pause(error.retryAfterSeconds ?? defaultPauseSeconds);
  return error;
}
