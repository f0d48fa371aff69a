import type { Dispatcher } from 'undici';
import { TimeoutError, withTimeout } from '#concurrency/with-timeout.ts';
import { classifyError } from './classify-error.ts';
import type { Connection, Connections } from './connections.ts';
import type { Fault } from './outcome.ts';
import { readResponseText } from './read-response-text.ts';

export interface ExchangeRequest {
  url: URL;
  body: Buffer;
  headers: Readonly<Record<string, string>>;
  timeoutSeconds: number;
  signal: AbortSignal | undefined;
}

/** A request and the response, as far as it arrived. */
export interface Exchange {
  connection: Connection;
  status: number | null;
  headers: Dispatcher.ResponseData['headers'] | null;
  text: string | null;
  /** Milliseconds from the start. */
  firstByteMs: number | null;
  durationMs: number;
  /** Null when there was a response, whatever its status. */
  fault: Fault | null;
}

/**
 * Posts once. A kept-alive connection that turns out to be closed is no attempt: the request is sent again at once, on a new one.
 * Throws only the reason of the signal.
 */
export async function exchange(connections: Connections, request: ExchangeRequest): Promise<Exchange> {
  const startedAt = performance.now();
  const first = await exchangeOn(connections.take(request.url.origin), connections, request, startedAt);
  if (!wasClosed(first)) return first;
  return exchangeOn(connections.open(request.url.origin), connections, request, startedAt);
}

/** The server closes idle connections when it likes, and a request can cross that. */
function wasClosed({ connection, status, fault }: Exchange): boolean {
  return connection.isReused && status === null && fault?.errorClass === 'connection_reset';
}

async function exchangeOn(
  connection: Connection,
  connections: Connections,
  request: ExchangeRequest,
  startedAt: number,
): Promise<Exchange> {
  const progress: Exchange = {
    connection,
    status: null,
    headers: null,
    text: null,
    firstByteMs: null,
    durationMs: 0,
    fault: null,
  };
  try {
    const ms = Math.max(1, request.timeoutSeconds * 1_000 - (performance.now() - startedAt));
    const isWhole = await withTimeout(postAndRead(progress, request, startedAt), { ms, signal: request.signal });
    if (isWhole) connections.keep(connection);
    else connections.drop(connection);
  } catch (error) {
    // undici honours a signal only once the request is being sent. Without its connection it ends in any phase.
    connections.drop(connection);
    request.signal?.throwIfAborted();
    progress.fault = error instanceof TimeoutError ? timeoutFault(progress, request.timeoutSeconds) : classifyError(error);
  }
  progress.durationMs = performance.now() - startedAt;
  return progress;
}

/** Fills in `progress` as the response arrives. Resolves to whether its body was read to the end. */
async function postAndRead(progress: Exchange, request: ExchangeRequest, startedAt: number): Promise<boolean> {
  const response = await post(progress.connection, request);
  progress.firstByteMs = performance.now() - startedAt;
  progress.status = response.statusCode;
  progress.headers = response.headers;
  const { text, isWhole } = await readResponseText(response);
  progress.text = text;
  return isWhole;
}

function post({ client }: Connection, { url, headers, body }: ExchangeRequest) {
  return client.request({ method: 'POST', path: url.pathname + url.search, headers, body });
}

function timeoutFault({ connection, status }: Exchange, seconds: number): Fault {
  return { errorClass: 'timeout', error: describeTimeout(connection, status, seconds) };
}

function describeTimeout({ opening }: Connection, status: number | null, seconds: number): string {
  if (!opening?.remoteAddress) return `No connection within ${seconds} s.`;
  if (status === null) return `No response within ${seconds} s.`;
  return `The response (status ${status}) was not complete after ${seconds} s.`;
}
