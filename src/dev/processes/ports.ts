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

/** A port that no process listens on right now. */
export async function freePort(): Promise<number> {
  const port = await listen(0);
  if (port === null) throw new Error('No free port on 127.0.0.1');
  return port;
}

/** A port outside the range that the system hands out: a server may store it as a signed number of two bytes. */
export async function freeLowPort(): Promise<number> {
  for (let triesLeft = 100; triesLeft > 0; triesLeft -= 1) {
    const port = randomInt(10_000, 32_768);
    if (await isFree(port)) return port;
  }
  throw new Error('No free port below 32768 on 127.0.0.1');
}

async function isFree(port: number): Promise<boolean> {
  return (await listen(port)) !== null;
}

/** Listens for a moment. Returns the port, or null when another process has it. */
function listen(port: number): Promise<number | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const found = typeof address === 'object' && address ? address.port : null;
      server.close(() => resolve(found));
    });
  });
}
