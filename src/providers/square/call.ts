import type { BaseRequestOptions, SquareClient, SquareError } from 'square';
import { Agent } from 'undici';
import type { ZodType } from 'zod';
import { type NamedCall, sendBy } from '#providers/http.ts';
import type { HttpAnswer } from '#providers/http-errors.ts';
import type { CallOptions, ConnectOptions } from '#providers/provider.ts';
import { RateLimiter, shareOf } from '#providers/rate-limit.ts';
import { createFetcher } from './fetcher.ts';
import { refine, toRefusal, vendor } from './refusals.ts';
import type { SquareAccount, SquareSecrets } from './settings.ts';

type Customers = SquareClient['customers'];

export interface SquareCall extends NamedCall {
  run(customers: Customers, options: BaseRequestOptions): Promise<unknown>;
}

/** Makes one call by the SDK and gives its answer as `schema` reads it. Throws a `ProviderError`, or the signal's reason. */
export type Call = <Result>(call: SquareCall, schema: ZodType<Result>, options?: CallOptions) => Promise<Result>;

/** The one way to Square: takes its turn at the rate limit and says in our own errors what went wrong. */
export function createCall({ account, secrets, sharedBy }: ConnectOptions<SquareAccount, SquareSecrets>): Call {
  const limiter = new RateLimiter(shareOf({ ...account.rate, concurrency: account.concurrency }, sharedBy));
  const dispatcher = new Agent();
  // The SDK makes the headers.
  const settings = { provider: vendor, limiter, headers: async () => ({}), refine };
  return async (call, schema, options = {}) => {
    // With the first call: the SDK is thousands of modules, and takes half a second that no start should wait for.
    const { SquareClient } = await import('square');
    const { customers } = new SquareClient({
      token: secrets.SQUARE_ACCESS_TOKEN,
      baseUrl: secrets.SQUARE_BASE_URL,
      timeoutInSeconds: account.timeoutSeconds,
      // When to try again is the workflow's to decide.
      maxRetries: 0,
      fetcher: createFetcher(dispatcher, call),
    });
    return sendBy({ settings, call, options, exchange: () => exchangeNow(customers, call, options) }, schema);
  };
}

/** One request, whatever the status of its answer. Throws when there is none. */
async function exchangeNow(customers: Customers, call: SquareCall, { signal }: CallOptions): Promise<HttpAnswer> {
  try {
    const json = await call.run(customers, signal ? { abortSignal: signal } : {});
    return { status: 200, headers: {}, json };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (isSquareError(error)) return toAnswer(error);
    throw toRefusal(error, call);
  }
}

/** By name: the SDK is loaded late, and its classes with it. */
function isSquareError(error: unknown): error is SquareError & { statusCode: number } {
  return error instanceof Error && error.name === 'SquareError' && 'statusCode' in error && typeof error.statusCode === 'number';
}

/** Its message is left out: it holds the whole body, which may quote the customer. */
function toAnswer({ statusCode: status, body: json, rawResponse }: SquareError & { statusCode: number }): HttpAnswer {
  return { status, headers: Object.fromEntries(rawResponse?.headers ?? []), json };
}
