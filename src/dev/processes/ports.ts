import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

export interface WantedPort {
  /** The part that listens there, as the start of a sentence: "The API". */
  name: string;
  port: number;
  /** True when a person asked for exactly this port. */
  required?: boolean;
}

/** Returns the wanted port, or a free one when it is taken, and reports that to `say`. Throws when the port is required and taken. */
export async function choosePort(wanted: WantedPort, say: (line: string) => void): Promise<number> {
  const { name, port, required = false } = wanted;
  if (await isFree(port)) return port;
  if (required) throw new Error(`Port ${port} is taken. ${name} cannot use it.`);
  const other = await freePort();
  say(`Port ${port} is taken. ${name} uses ${other}.`);
  return other;
}

/**
 * A port that no process listens on. It is below the range from which the system takes ports for connections: none of these takes it
 * before a server does.
 */
export async function freePort(): Promise<number> {
  for (let triesLeft = 100; triesLeft > 0; triesLeft -= 1) {
    const port = randomInt(10_000, 32_768);
    if (await isFree(port)) return port;
  }
  throw new Error('No free port below 32768 on 127.0.0.1');
}

/** Listens for a moment. */
function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
