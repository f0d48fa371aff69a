import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveParent } from '#bench/setup/helper-process.ts';

export type ReceiverRequest =
  | { do: 'forget' }
  /** Resolves when this many distinct events have arrived at endpoints that respond, or after `withinMs`. */
  | { do: 'await'; events: number; withinMs: number }
  /** The same for requests of any event: one event goes to many endpoints. */
  | { do: 'awaitRequests'; requests: number; withinMs: number };

export interface ReceiverAnswer {
  url: string;
  /** The first arrival of each event, in milliseconds since 1970. */
  arrivals: [eventId: string, at: number][];
  /** Repeated arrivals. */
  duplicates: number;
  /** All requests at endpoints that respond. */
  requests: number;
}

/** The subscribers: paths that start with /hang never respond, those with /once refuse each event once, all others accept it at once. */
const arrivals = new Map<string, number>();
const refused = new Set<string>();
let duplicates = 0;
let requests = 0;
let onArrival = () => {};

const server = createServer((request, response) => {
  request.resume();
  if (request.url?.startsWith('/hang')) return;
  request.on('end', () => {
    const id = String(request.headers['webhook-id']);
    requests += 1;
    if (request.url?.startsWith('/once') && !refused.has(id)) {
      refused.add(id);
      return response.writeHead(503).end();
    }
    if (arrivals.has(id)) duplicates += 1;
    else arrivals.set(id, performance.timeOrigin + performance.now());
    response.writeHead(200).end();
    return onArrival();
  });
});
server.keepAliveTimeout = 60_000;

function waitFor(isDone: () => boolean, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, withinMs);
    onArrival = () => {
      if (!isDone()) return;
      clearTimeout(timer);
      resolve();
    };
    onArrival();
  });
}

server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  serveParent<ReceiverRequest, ReceiverAnswer>({ url, arrivals: [], duplicates: 0, requests: 0 }, async (request) => {
    switch (request.do) {
      case 'await':
        await waitFor(() => arrivals.size >= request.events, request.withinMs);
        return { url, arrivals: [...arrivals], duplicates, requests };
      case 'awaitRequests':
        await waitFor(() => requests >= request.requests, request.withinMs);
        return { url, arrivals: [], duplicates, requests };
      case 'forget':
        arrivals.clear();
        duplicates = 0;
        requests = 0;
        return { url, arrivals: [], duplicates, requests };
    }
  });
});
