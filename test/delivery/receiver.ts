import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { createAddressGuard } from '#delivery/address-guard.ts';
import { type DeliveryRequest, sendDelivery } from '#delivery/send.ts';

export interface Received {
  url: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** Receivers on this machine for one test. */
export function createReceivers() {
  const open: { server: NetServer; sockets: Set<Socket> }[] = [];

  /** Any server, listening on 127.0.0.1; resolves to its port. */
  async function listen(server: NetServer): Promise<number> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ server, sockets });
    return (server.address() as AddressInfo).port;
  }

  return {
    listen,
    /** A web server that records requests. */
    async serve(answer: RequestListener = (_, response) => void response.writeHead(204).end()) {
      const received: Received[] = [];
      let connections = 0;
      const server: Server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        received.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
        answer(request, response);
      });
      server.on('connection', () => {
        connections += 1;
      });
      const port = await listen(server);
      return {
        port,
        url: `http://127.0.0.1:${port}/hook`,
        received,
        get connections() {
          return connections;
        },
      };
    },
    async close(): Promise<void> {
      const closed = open.splice(0).map(async ({ server, sockets }) => {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      });
      await Promise.all(closed);
    },
  };
}

export const localGuard = createAddressGuard({ requireHttps: false, allowPrivateCidrs: ['127.0.0.0/8', '::1/128'] });

export function send(request: Partial<DeliveryRequest> & { url: string }) {
  const body = Buffer.from('{"event":"new_lead"}');
  return sendDelivery({
    body,
    headers: { 'Content-Type': 'application/json' },
    timeoutSeconds: 20,
    guard: localGuard,
    ...request,
  });
}

/** Writes as fast as the peer reads. Resolves to the number of bytes written when the peer stops. */
export async function pour(socket: Socket): Promise<number> {
  const chunk = Buffer.alloc(16 * 1024, 'x');
  while (!socket.destroyed) {
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {});
  }
  return socket.bytesWritten;
}
