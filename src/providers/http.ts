import { Agent } from 'undici';
import { type ZodType, z } from 'zod';
import { type ProviderError, RateLimitError } from './errors.ts';
import { type HttpAnswer, toProviderError, toUnavailable, type Vendor } from './http-errors.ts';
import { exchangeNow } from './http-exchange.ts';
import type { CallOptions } from './provider.ts';
import type { Quota, RateLimiter } from './rate-limit.ts';

export interface HttpCall {
  /** What we try, for people: `read contact`. */
  operation: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with a slash; ids in it are encoded already. */
  path: string;
  query?: Record<string, string | number>;
  /** Sent as JSON. */
  body?: object;
  /** Sent as a form, instead of `body`. */
  form?: Record<string, string>;
}

/** What refusals are told by. */
export type NamedCall = Pick<HttpCall, 'operation' | 'body' | 'query'>;

export interface HttpSettings {
  provider: Vendor;
  baseUrl: string;
  timeoutSeconds: number;
  limiter: RateLimiter;
  /** Authorization and whatever else every call carries; asked anew for each. */
  headers(): Promise<Record<string, string>>;
  /** After a 401: are there better headers than these now, so that the call is worth one more try? */
  renew?(answer: HttpAnswer, headers: Record<string, string>): Promise<boolean>;
  /** What the vendor says about its limit in an answer. */
  findQuota?(answer: HttpAnswer): Quota | null;
  /** A vendor's own reading of a refusal, where the status alone would mislead; null for the common one. */
  refine?(answer: HttpAnswer, call: NamedCall): ProviderError | null;
}

/** Makes one call and gives its JSON as `schema` reads it. Throws a `ProviderError`, or the signal's reason. */
export type Send = <Result>(call: HttpCall, schema: ZodType<Result>, options?: CallOptions) => Promise<Result>;

/**
 * The one way to a vendor: takes its turn at the rate limit, follows no redirect, gives up after one total timeout, and says in
 * our own errors what went wrong. When to try again is the workflow's to decide.
 */
export function createSend(settings: HttpSettings): Send {
  const dispatcher = new Agent();
  return (call, schema, options = {}) => {
    const exchange = (headers: Record<string, string>) => exchangeNow({ dispatcher, settings, call, options, headers });
    return sendBy({ settings, call, options, exchange }, schema);
  };
}

/** One call by other means than ours: a vendor's own SDK. */
export interface Sending {
  settings: Omit<HttpSettings, 'baseUrl' | 'timeoutSeconds'>;
  call: NamedCall;
  options: CallOptions;
  /** One request, whatever the status of its answer. Throws when there is none. */
  exchange(headers: Record<string, string>): Promise<HttpAnswer>;
}

/** All that `createSend` does around a request, for whatever makes the request. */
export async function sendBy<Result>(sending: Sending, schema: ZodType<Result>): Promise<Result> {
  const { settings, call } = sending;
  // Before the turn: fetching a new token takes a turn of its own.
  const headers = await settings.headers();
  let answer = await exchangeInTurn(sending, headers);
  if (answer.status === 401 && (await settings.renew?.(answer, headers))) {
    answer = await exchangeInTurn(sending, await settings.headers());
  }
  if (answer.status < 200 || answer.status > 299) throw refuse(settings, call, answer);
  return readAnswer(settings, call, answer, schema);
}

/** The root of a vendor's API as it stands in an environment variable, without a slash at its end. */
export const baseUrlSchema = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

/** Waiting longer than this is the workflow's to do: an activity that sits here holds a slot of its worker. */
const longestWaitSeconds = 30;
/** After a 429 that does not say how long. */
export const pauseAfterRefusalSeconds = 2;

/** Gives the place back with the function returned. Throws a `RateLimitError` when the wait would be long. */
export async function takeTurn({ settings, call, options }: Omit<Sending, 'exchange'>): Promise<() => void> {
  const { provider, limiter } = settings;
  const { operation } = call;
  const retryAfterSeconds = Math.ceil(limiter.pausedSeconds);
  if (retryAfterSeconds > longestWaitSeconds) {
    const message = `${provider.name} asked us to wait ${retryAfterSeconds} s before the next call.`;
    throw new RateLimitError({ provider: provider.id, operation, message, retryAfterSeconds });
  }
  return limiter.acquire(options);
}

async function exchangeInTurn(sending: Sending, headers: Record<string, string>): Promise<HttpAnswer> {
  const { settings } = sending;
  const release = await takeTurn(sending);
  const answer = await sending.exchange(headers).finally(release);
  const quota = settings.findQuota?.(answer);
  if (quota) settings.limiter.observe(quota);
  return answer;
}

function readAnswer<Result>(settings: Sending['settings'], call: NamedCall, answer: HttpAnswer, schema: ZodType<Result>): Result {
  const parsed = schema.safeParse(answer.json);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => issue.path.join('.') || 'body').join(', ');
  throw toUnavailable(settings.provider, call, `answered ${answer.status} with a body that we cannot read (${places})`);
}

function refuse(settings: Sending['settings'], call: NamedCall, answer: HttpAnswer): ProviderError {
  const error = settings.refine?.(answer, call) ?? toProviderError(settings.provider, call, answer);
  if (error instanceof RateLimitError) settings.limiter.pause(error.retryAfterSeconds ?? pauseAfterRefusalSeconds);
  return error;
}
