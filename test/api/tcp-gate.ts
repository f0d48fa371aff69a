import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A proxy in front of a real server. Shutting it looks like the death of that server. */
export interface TcpGate {
  host: string;
  port: number;
  /** Holds back what the server sends for so long. */
  delayMs: number;
  open(): Promise<void>;
  /** Cuts every connection and refuses new ones. */
  shut(): Promise<void>;
}

export async function createTcpGate(target: { host: string; port: number }): Promise<TcpGate> {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  const gate: TcpGate = { host: '127.0.0.1', port: 0, delayMs: 0, open, shut };

  function pipe(client: Socket): void {
    const upstream = connect(target);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy()).on('close', () => sockets.delete(socket) && other.destroy());
    }
    client.pipe(upstream);
    upstream.pipe(holdBack(gate)).pipe(client);
  }

  async function open(): Promise<void> {
    server = createServer(pipe).listen(gate.port, gate.host);
    await once(server, 'listening');
    gate.port = (server.address() as AddressInfo).port;
  }

  async function shut(): Promise<void> {
    const closing = server;
    server = null;
    if (!closing) return;
    const closed = once(closing, 'close');
    closing.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  await open();
  return gate;
}

function holdBack(gate: Pick<TcpGate, 'delayMs'>): Transform {
  return new Transform({ transform: (chunk, _, done) => void setTimeout(done, gate.delayMs, null, chunk) });
}
