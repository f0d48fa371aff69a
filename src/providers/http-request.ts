import { type Agent, type Dispatcher, request } from 'undici';
import type { HttpCall, HttpResponse, Vendor } from './http-call.ts';
import { toUnavailable } from './http-errors.ts';
import type { CallOptions } from './provider.ts';

export interface RequestOptions {
  dispatcher: Agent;
  vendor: Vendor;
  baseUrl: string;
  timeoutSeconds: number;
  /** A vendor's SDK passes its method as any string. */
  call: Omit<HttpCall, 'method'> & { method: string };
  options: CallOptions;
  headers: Record<string, string>;
}

/** Sends one request and reads the whole response, whatever its status. Throws `UnavailableError` without one in time. */
export async function requestOnce(options_: RequestOptions): Promise<HttpResponse> {
  const { dispatcher, vendor, baseUrl, timeoutSeconds, call, options, headers } = options_;
  const { signal } = options;
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const response = await request(toUrl(baseUrl, call), {
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
    const sentence = timeout.aborted ? `did not answer within ${timeoutSeconds} s` : describeFault(error);
    throw toUnavailable(vendor, call, sentence, error);
  }
}

/** A page of 500 contacts with many custom fields takes one to two megabytes. */
const maxBodyBytes = 16 * 1024 * 1024;

function toUrl(baseUrl: string, { path, query = {} }: RequestOptions['call']): URL {
  const url = new URL(baseUrl + path);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url;
}

function contentType({ body, form }: RequestOptions['call']): Record<string, string> {
  if (body) return { 'content-type': 'application/json' };
  return form ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
}

async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Error(`sent a response of more than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Undefined when the text is not JSON: an empty 204, or a proxy's HTML page. */
function findJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Prefers the error's code: its text may quote the request. */
function describeFault(error: unknown): string {
  if (error instanceof Error && 'code' in error) return `could not be reached: ${error.code}`;
  return error instanceof Error ? error.message : 'could not be reached';
}
