import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  headers: IncomingHttpHeaders;
  body: Buffer;
  deliveryId: string;
  at: number;
}

/** A status, a status with headers, `hang` for no answer, or a function that answers. */
export type Answer = number | { status: number; headers: Record<string, string> } | 'hang' | ((response: ServerResponse) => void);

export interface Receiver {
  url: string;
  received: Received[];
  /** The answers to the next requests, in order. Later requests get `usually`. */
  next: Answer[];
  usually: Answer;
  close(): Promise<void>;
}

/** A subscriber's server on this machine. It keeps every request. */
export async function startReceiver(usually: Answer = 200): Promise<Receiver> {
  const receiver: Receiver = { url: '', received: [], next: [], usually, close };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { headers } = request;
      const deliveryId = String(headers['x-webhook-delivery-id']);
      receiver.received.push({ headers, body: Buffer.concat(chunks), deliveryId, at: Date.now() });
      answer(response, receiver.next.shift() ?? receiver.usually);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return receiver;

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

function answer(response: ServerResponse, how: Answer): void {
  if (how === 'hang') return;
  if (typeof how === 'function') {
    how(response);
    return;
  }
  const { status, headers } = typeof how === 'number' ? { status: how, headers: {} } : how;
  response.writeHead(status, headers).end(status < 300 ? 'received' : 'no');
}
