import { freePort, isPortFree } from '#free-port.ts';

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
  if (await isPortFree(port)) return port;
  if (required) throw new Error(`Port ${port} is taken. ${name} cannot use it.`);
  const other = await freePort();
  say(`Port ${port} is taken. ${name} uses ${other}.`);
  return other;
}
