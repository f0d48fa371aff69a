import { createServer, type RequestListener, type Server } from 'node:http';

/** Listens, or rejects with one sentence that a person can act on. */
export async function listen(app: RequestListener, at: { name: string; host: string; port: number }): Promise<Server> {
  const server = createServer(app);
  // Longer than clients keep idle connections: else one is closed under a request that is just being sent.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, at)));
    server.listen(at.port, at.host, resolve);
  });
  return server;
}

function explain(error: NodeJS.ErrnoException, { name, host, port }: { name: string; host: string; port: number }): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new Error(`Port ${port} on ${host} is taken: give the ${name} sandbox another one.`, { cause: error });
}
