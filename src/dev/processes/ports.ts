import { createServer } from 'node:net';

export interface WantedPort {
  /** What will listen there, for the sentence: "the API". */
  name: string;
  port: number;
  /** True when a person asked for this very port: then no other one will do. */
  required?: boolean;
}

/**
 * The wanted port, or another free one when it is taken, which `say` is told in one sentence.
 * Throws that sentence when the port was asked for by a person.
 */
export async function choosePort(wanted: WantedPort, say: (line: string) => void): Promise<number> {
  const { name, port, required = false } = wanted;
  if (await isFree(port)) return port;
  if (required) throw new Error(`Port ${port}, asked for ${name}, is taken by another process.`);
  const other = await freePort();
  say(`port ${port} is taken by another process: ${name} uses ${other} instead`);
  return other;
}

/** A port that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const port = await listen(0);
  if (port === null) throw new Error('No free port on 127.0.0.1');
  return port;
}

async function isFree(port: number): Promise<boolean> {
  return (await listen(port)) !== null;
}

/** Listens for a moment. Returns the port, or null when somebody else has it. */
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
