import { type Agent, type Dispatcher, request } from 'undici';
import type { HttpCall, HttpSettings } from './http.ts';
import { type HttpAnswer, toUnavailable } from './http-errors.ts';
import type { CallOptions } from './provider.ts';

export interface Exchange {
  dispatcher: Agent;
  settings: Pick<HttpSettings, 'provider' | 'baseUrl' | 'timeoutSeconds'>;
  call: HttpCall;
  options: CallOptions;
  headers: Record<string, string>;
}

/** One request, one whole answer, whatever its status. Throws when there is none within the timeout. */
export async function exchangeNow({ dispatcher, settings, call, options: { signal }, headers }: Exchange): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(settings.timeoutSeconds * 1000);
  try {
    const response = await request(toUrl(settings.baseUrl, call), {
      dispatcher,
      method: call.method,
      headers: { accept: 'application/json', ...headers, ...contentType(call) },
      body: call.body ? JSON.stringify(call.body) : call.form ? new URLSearchParams(call.form).toString() : null,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const text = await readText(response.body);
    return { status: response.statusCode, headers: response.headers, json: findJson(text) };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const what = timeout.aborted ? `did not answer within ${settings.timeoutSeconds} s` : nameFault(error);
    throw toUnavailable(settings.provider, call, what, error);
  }
}

/** A page of 500 contacts with many custom fields takes a megabyte or two. */
const longestBodyBytes = 16 * 1024 * 1024;

function toUrl(baseUrl: string, { path, query = {} }: HttpCall): URL {
  const url = new URL(baseUrl + path);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url;
}

function contentType({ body, form }: HttpCall): Record<string, string> {
  if (body) return { 'content-type': 'application/json' };
  return form ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
}

async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > longestBodyBytes) throw new Error(`sent an answer of more than ${longestBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Undefined for what is not JSON: an empty 204, or the HTML page of a proxy. */
function findJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** By code where there is one: an error's text may quote what was sent. */
function nameFault(error: unknown): string {
  if (error instanceof Error && 'code' in error) return `could not be reached: ${error.code}`;
  return error instanceof Error ? error.message : 'could not be reached';
}
