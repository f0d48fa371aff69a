import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveParent } from '#bench/setup/helper-process.ts';

export type ReceiverRequest =
  | { do: 'forget' }
  /** Answers when so many different events have arrived at endpoints that answer, or after `withinMs`. */
  | { do: 'await'; events: number; withinMs: number }
  /** The same with so many requests, of whatever event: one event goes to many endpoints. */
  | { do: 'awaitRequests'; requests: number; withinMs: number };

export interface ReceiverAnswer {
  url: string;
  /** When each event came first, in milliseconds since 1970, by its id. */
  arrivals: [eventId: string, at: number][];
  /** How many came more than once. */
  doubled: number;
  /** All that came, at endpoints that answer. */
  requests: number;
}

/** The subscribers: paths that begin with /hang never answer, those with /once refuse each event once, all others take it at once. */
const arrivals = new Map<string, number>();
const refused = new Set<string>();
let doubled = 0;
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
    if (arrivals.has(id)) doubled += 1;
    else arrivals.set(id, performance.timeOrigin + performance.now());
    response.writeHead(200).end();
    return onArrival();
  });
});
server.keepAliveTimeout = 60_000;

function awaitThat(isDone: () => boolean, withinMs: number): Promise<void> {
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
  serveParent<ReceiverRequest, ReceiverAnswer>({ url, arrivals: [], doubled: 0, requests: 0 }, async (request) => {
    switch (request.do) {
      case 'await':
        await awaitThat(() => arrivals.size >= request.events, request.withinMs);
        return { url, arrivals: [...arrivals], doubled, requests };
      case 'awaitRequests':
        await awaitThat(() => requests >= request.requests, request.withinMs);
        return { url, arrivals: [], doubled, requests };
      case 'forget':
        arrivals.clear();
        doubled = 0;
        requests = 0;
        return { url, arrivals: [], doubled, requests };
    }
  });
});
