import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  url: string;
  port: number;
  /** Cuts what is still connected. */
  close(): Promise<void>;
}

/** Listens, or rejects with one sentence that a person can act on. */
export async function listen(app: RequestListener, at: { name: string; host: string; port: number }): Promise<Listening> {
  const server = createServer(app);
  // Longer than clients keep idle connections: else one is closed under a request that is just being sent.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, at)));
    server.listen(at.port, at.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${at.host}:${port}`, port, close: () => stop(server) };
}

function explain(error: NodeJS.ErrnoException, { name, host, port }: { name: string; host: string; port: number }): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new Error(`Port ${port} on ${host} is taken: give the ${name} sandbox another one.`, { cause: error });
}

async function stop(server: Server): Promise<void> {
  const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await stopped;
}
