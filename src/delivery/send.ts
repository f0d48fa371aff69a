import type { AddressGuard } from './address-guard.ts';
import { findUrlRefusal } from './check-url.ts';
import { classifyResponse, type Verdict } from './classify-response.ts';
import { type Connections, createConnections } from './connections.ts';
import { type Exchange, exchange } from './exchange.ts';
import { checkHeaders, createScrubber, redactRequestHeaders, redactResponseHeaders } from './headers.ts';
import type { Fault, SendOutcome, Timings } from './outcome.ts';

export interface WebhookRequest {
  url: string;
  /** Sent as these bytes. */
  body: Buffer;
  /** All of them, as `messageHeaders` makes them. */
  headers: Readonly<Record<string, string>>;
  /** From the start, name and connection included, to the answer's last byte. */
  timeoutSeconds: number;
  /** One for the whole process: connections are kept open per guard. */
  guard: AddressGuard;
  signal?: AbortSignal | undefined;
}

/**
 * Makes one POST, follows nothing, and says what came of it. Throws only the signal's reason: nobody knows then whether the webhook
 * arrived.
 */
export async function sendDelivery(request: WebhookRequest): Promise<SendOutcome> {
  const { url, guard, headers, body, timeoutSeconds, signal } = request;
  signal?.throwIfAborted();
  const refusal = findRefusal(request);
  if (refusal) return refuse(refusal, headers);
  const exchanged = await exchange(connectionsOf(guard), { url: new URL(url), headers, body, timeoutSeconds, signal });
  return toOutcome(exchanged, headers);
}

const connectionsByGuard = new WeakMap<AddressGuard, Connections>();

function connectionsOf(guard: AddressGuard): Connections {
  const found = connectionsByGuard.get(guard);
  if (found) return found;
  const connections = createConnections(guard);
  connectionsByGuard.set(guard, connections);
  return connections;
}

function findRefusal({ url, guard, headers }: WebhookRequest): Fault | null {
  const refusal = findUrlRefusal(url, guard);
  if (refusal) return { errorClass: refusal.errorClass, error: refusal.reason };
  const error = checkHeaders(headers);
  return error === null ? null : { errorClass: 'invalid_headers', error };
}

function refuse(fault: Fault, headers: WebhookRequest['headers']): SendOutcome {
  return {
    ...toVerdict(fault),
    ...{ status: null, durationMs: 0, timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null } },
    ...{ remoteAddress: null, requestHeaders: redactRequestHeaders(headers), responseHeaders: null, responseBody: null },
  };
}

function toOutcome(exchanged: Exchange, headers: WebhookRequest['headers']): SendOutcome {
  const { connection, status, fault, text, durationMs } = exchanged;
  const scrub = createScrubber(headers);
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

/** Without an answer, everything but what can never be sent is worth another try. */
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
