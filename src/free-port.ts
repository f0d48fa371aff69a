import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A port that no process listens on. It is below the range from which the system takes ports for connections: none of these takes it
 * before a server does.
 */
export async function freePort(): Promise<number> {
  for (let triesLeft = 100; triesLeft > 0; triesLeft -= 1) {
    const port = randomInt(10_000, 32_768);
    if (await isPortFree(port)) return port;
  }
  throw new Error('No free port below 32768 on 127.0.0.1');
}

/** Whether a server can listen on the port of 127.0.0.1 now. */
export function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
