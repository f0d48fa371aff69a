import type { BaseClientOptions } from 'square';
import type { Agent } from 'undici';
import type { HttpCall, NamedCall } from '#providers/http.ts';
import type { HttpAnswer } from '#providers/http-errors.ts';
import { exchangeNow } from '#providers/http-exchange.ts';
import { vendor } from './refusals.ts';

type Fetcher = NonNullable<BaseClientOptions['fetcher']>;
type SdkRequest = Parameters<Fetcher>[0];

/**
 * What the SDK sends with, instead of its own way. That one (46.0.0) follows redirects, takes 200 with HTML for an answer without
 * customers, stops its clock at the headers, and keeps the process alive by the clock of a call that failed. Throws an
 * `UnavailableError` when there is no answer, and the signal's reason, which the SDK lets through.
 */
export function createFetcher(dispatcher: Agent, { operation }: NamedCall): Fetcher {
  return async <Result>(request: SdkRequest) => {
    const { url, queryString, method, body, timeoutMs = 0, abortSignal } = request;
    const answer = await exchangeNow({
      dispatcher,
      settings: { provider: vendor, baseUrl: url, timeoutSeconds: timeoutMs / 1000 },
      call: { operation, method: method as HttpCall['method'], path: queryString ? `?${queryString}` : '', ...toBody(body) },
      options: abortSignal ? { signal: abortSignal } : {},
      headers: await toHeaders(request),
    });
    return toSdkAnswer<Result>(answer);
  };
}

function toSdkAnswer<Result>({ status, headers, json }: HttpAnswer) {
  const single = Object.entries(headers).filter((header): header is [string, string] => typeof header[1] === 'string');
  const rawResponse = new Response(null, { status, headers: single });
  if (status >= 200 && status < 300) return { ok: true, body: json as Result, rawResponse } as const;
  return { ok: false, error: { reason: 'status-code', statusCode: status, body: json }, rawResponse } as const;
}

/** Versions are bigints, which JSON does not know. */
function toBody(body: unknown): Pick<HttpCall, 'body'> {
  if (typeof body !== 'object' || body === null) return {};
  return { body: JSON.parse(JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? Number(value) : value))) };
}

/** The SDK gives a header as a text, as a function that gives it, or as nothing. */
async function toHeaders({ headers = {} }: SdkRequest): Promise<Record<string, string>> {
  const given: Record<string, string> = {};
  for (const [name, header] of Object.entries(headers)) {
    const value: unknown = typeof header === 'function' ? await header({}) : header;
    if (value !== undefined && value !== null) given[name] = String(value);
  }
  return given;
}
