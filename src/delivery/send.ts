import type { AddressGuard } from './address-guard.ts';
import { findUrlRefusal } from './check-url.ts';
import { classifyResponse, type Verdict } from './classify-response.ts';
import { type Connections, createConnections } from './connections.ts';
import { type Exchange, exchange } from './exchange.ts';
import { checkHeaders, createScrubber, redactRequestHeaders, redactResponseHeaders } from './headers.ts';
import type { Fault, SendOutcome, Timings } from './outcome.ts';

export interface DeliveryRequest {
  url: string;
  /** The exact bytes to send. */
  body: Buffer;
  /** All headers, from `messageHeaders`. */
  headers: Readonly<Record<string, string>>;
  /** For everything from resolving the name to the last byte of the response. */
  timeoutSeconds: number;
  /** Share one guard per process: connections are kept open per guard. */
  guard: AddressGuard;
  signal?: AbortSignal | undefined;
}

/** Posts once, without following redirects. Throws only the reason of the signal: then the delivery may or may not have arrived. */
export async function sendDelivery(request: DeliveryRequest): Promise<SendOutcome> {
  const { url, guard, headers, body, timeoutSeconds, signal } = request;
  signal?.throwIfAborted();
  const refusal = findRefusal(request);
  if (refusal) return refuse(refusal, headers);
  const exchanged = await exchange(connectionsOf(guard), { url: new URL(url), headers, body, timeoutSeconds, signal });
  return toOutcome(exchanged, request);
}

const connectionsByGuard = new WeakMap<AddressGuard, Connections>();

function connectionsOf(guard: AddressGuard): Connections {
  const found = connectionsByGuard.get(guard);
  if (found) return found;
  const connections = createConnections(guard);
  connectionsByGuard.set(guard, connections);
  return connections;
}

function findRefusal({ url, guard, headers }: DeliveryRequest): Fault | null {
  const refusal = findUrlRefusal(url, guard);
  if (refusal) return { errorClass: refusal.errorClass, error: refusal.reason };
  const error = checkHeaders(headers);
  return error === null ? null : { errorClass: 'invalid_headers', error };
}

function refuse(fault: Fault, headers: DeliveryRequest['headers']): SendOutcome {
  return {
    ...toVerdict(fault),
    ...{ status: null, durationMs: 0, timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null } },
    ...{ remoteAddress: null, requestHeaders: redactRequestHeaders(headers), responseHeaders: null, responseBody: null },
  };
}

function toOutcome(exchanged: Exchange, { headers, url }: DeliveryRequest): SendOutcome {
  const { connection, status, fault, text, durationMs } = exchanged;
  const scrub = createScrubber(headers, url);
  const responseHeaders = exchanged.headers && redactResponseHeaders(exchanged.headers, scrub);
  return {
    ...(fault || status === null
      ? toVerdict(fault ?? noAnswer)
      : classifyResponse({ status, headers: responseHeaders ?? {} }, new Date())),
    status,
    durationMs: Math.round(durationMs),
    timings: toTimings(exchanged),
    remoteAddress: connection.opening?.remoteAddress ?? null,
    requestHeaders: redactRequestHeaders(headers),
    responseHeaders,
    responseBody: text === null ? null : scrub(text),
  };
}

/** Without a response, every fault is retried, except for requests that can never be sent. */
function toVerdict({ errorClass, error }: Fault): Verdict {
  const permanent = errorClass === 'invalid_url' || errorClass === 'invalid_headers' || errorClass === 'ssrf_blocked';
  return { ok: false, errorClass, error, permanent, disable: false, retryAfterSeconds: null };
}

const noAnswer: Fault = { errorClass: 'internal_error', error: 'The request could not be sent.' };

function toTimings({ connection, firstByteMs }: Exchange): Timings {
  const { dnsMs, connectMs, tlsMs } = (connection.isReused ? null : connection.opening) ?? noOpening;
  return { dnsMs: round(dnsMs), connectMs: round(connectMs), tlsMs: round(tlsMs), firstByteMs: round(firstByteMs) };
}

const noOpening = { dnsMs: null, connectMs: null, tlsMs: null };

function round(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 10) / 10;
}
