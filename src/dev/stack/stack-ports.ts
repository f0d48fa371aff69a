import { choosePort } from '#dev/processes/ports.ts';
import { builtIn } from './integrations.ts';
import type { StackState } from './stack-state.ts';

const ofServers: readonly (readonly [key: string, name: string])[] = [
  ['api', 'The API'],
  ['temporal', 'Temporal'],
  ['temporalUi', 'The Temporal Web UI'],
  ['postgres', 'PostgreSQL'],
];

/**
 * The ports of the last start. A port that is taken is replaced by a free one, which `say` reports. `PORT` sets the port of the API;
 * throws when it is taken.
 */
export async function chooseStackPorts(
  kept: StackState['ports'],
  say: (line: string) => void,
  { sandboxes } = builtIn,
): Promise<StackState['ports']> {
  const ports = { ...kept };
  const ofSandboxes = sandboxes.map(({ id, title }) => [id, `The ${title} sandbox`] as const);
  for (const [key, name] of [...ofServers, ...ofSandboxes]) {
    const asked = key === 'api' ? readPort(process.env.PORT) : null;
    ports[key] = await choosePort({ name, port: asked ?? kept[key] ?? 0, required: asked !== null }, say);
  }
  return ports;
}

function readPort(text: string | undefined): number | null {
  if (!text) return null;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error('PORT must be a number from 1 to 65535.');
  return port;
}
