import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveParent } from '../setup/helper-process.ts';

export type ReceiverRequest =
  | { do: 'forget' }
  /** Answers when so many different events have arrived at endpoints that answer, or after `withinMs`. */
  | { do: 'await'; events: number; withinMs: number };

export interface ReceiverAnswer {
  url: string;
  /** When each event came first, in milliseconds since 1970, by its id. */
  arrivals: [eventId: string, at: number][];
  /** How many came more than once. */
  doubled: number;
}

/** The subscribers: paths that begin with /hang never answer, all others do at once. */
const arrivals = new Map<string, number>();
let doubled = 0;
let onArrival = () => {};

const server = createServer((request, response) => {
  request.resume();
  if (request.url?.startsWith('/hang')) return;
  request.on('end', () => {
    const id = String(request.headers['webhook-id']);
    if (arrivals.has(id)) doubled += 1;
    else arrivals.set(id, performance.timeOrigin + performance.now());
    response.writeHead(200).end();
    onArrival();
  });
});
server.keepAliveTimeout = 60_000;

function awaitEvents(events: number, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, withinMs);
    onArrival = () => {
      if (arrivals.size < events) return;
      clearTimeout(timer);
      resolve();
    };
    onArrival();
  });
}

server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  serveParent<ReceiverRequest, ReceiverAnswer>({ url, arrivals: [], doubled: 0 }, async (request) => {
    if (request.do === 'await') {
      await awaitEvents(request.events, request.withinMs);
      return { url, arrivals: [...arrivals], doubled };
    }
    arrivals.clear();
    doubled = 0;
    return { url, arrivals: [], doubled };
  });
});
