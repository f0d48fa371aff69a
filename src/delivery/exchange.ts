import type { Dispatcher } from 'undici';
import type { Connection, Connections } from './connections.ts';
import { startDeadline } from './deadline.ts';
import { nameError } from './name-error.ts';
import type { Fault } from './outcome.ts';
import { readAnswerText } from './read-answer-text.ts';

export interface ExchangeRequest {
  url: URL;
  body: Buffer;
  headers: Readonly<Record<string, string>>;
  timeoutSeconds: number;
  signal: AbortSignal | undefined;
}

/** One request and what came back, as far as it did. */
export interface Exchange {
  connection: Connection;
  status: number | null;
  headers: Dispatcher.ResponseData['headers'] | null;
  text: string | null;
  /** Milliseconds from the start. */
  firstByteMs: number | null;
  durationMs: number;
  /** Null where an answer came, whatever it says. */
  fault: Fault | null;
}

/** Throws only the signal's reason. */
export async function exchange(connections: Connections, request: ExchangeRequest): Promise<Exchange> {
  const startedAt = performance.now();
  const connection = connections.take(request.url.origin);
  // undici heeds a signal only once a request is on its way; without its connection, it fails wherever it is.
  const deadline = startDeadline(request.timeoutSeconds, request.signal, () => connections.drop(connection));
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
    const response = await post(connection, request);
    progress.firstByteMs = performance.now() - startedAt;
    progress.status = response.statusCode;
    progress.headers = response.headers;
    const { text, isWhole } = await readAnswerText(response);
    progress.text = text;
    if (isWhole) connections.keep(connection);
    else connections.drop(connection);
  } catch (error) {
    connections.drop(connection);
    request.signal?.throwIfAborted();
    progress.fault = deadline.isOver ? sayLate(progress, request.timeoutSeconds) : nameError(error);
  } finally {
    deadline.clear();
  }
  progress.durationMs = performance.now() - startedAt;
  return progress;
}

function post({ client }: Connection, { url, headers, body }: ExchangeRequest) {
  return client.request({ method: 'POST', path: url.pathname + url.search, headers, body });
}

function sayLate({ connection, status }: Exchange, seconds: number): Fault {
  return { errorClass: 'timeout', error: findLateStep(connection, status, seconds) };
}

function findLateStep({ opening }: Connection, status: number | null, seconds: number): string {
  if (!opening?.remoteAddress) return `There was no connection within ${seconds} s.`;
  if (status === null) return `There was no answer within ${seconds} s.`;
  return `The answer (status ${status}) had not ended after ${seconds} s.`;
}
