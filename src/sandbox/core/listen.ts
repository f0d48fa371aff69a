import { createServer, type RequestListener, type Server } from 'node:http';

export interface Listening {
  url: string;
  port: number;
  /** Also ends the connections that are open. */
  close(): Promise<void>;
}

/** Starts an HTTP server. Rejects with one sentence when the port is taken. */
export async function listen(app: RequestListener, at: { id: string; host: string; port: number }): Promise<Listening> {
  const server = createServer(app);
  // Longer than clients keep idle connections: otherwise the server closes one while a request is being sent on it.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, at)));
    server.listen(at.port, at.host, resolve);
  });
  const port = portOf(server);
  return { url: `http://${at.host}:${port}`, port, close: () => stop(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

function explain(error: NodeJS.ErrnoException, { id, host, port }: { id: string; host: string; port: number }): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new Error(`Port ${port} on ${host} is taken: give the ${id} sandbox another one.`, { cause: error });
}

async function stop(server: Server): Promise<void> {
  const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await stopped;
}
