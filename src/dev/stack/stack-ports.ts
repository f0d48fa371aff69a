import { choosePort } from '#dev/processes/ports.ts';
import type { StackState } from './stack-state.ts';

type PortName = keyof StackState['ports'];

const names: Record<PortName, string> = {
  api: 'the API',
  temporal: 'Temporal',
  temporalUi: 'the Temporal Web UI',
  postgres: 'PostgreSQL',
  gohighlevel: 'the GoHighLevel sandbox',
  calltools: 'the CallTools sandbox',
  square: 'the Square sandbox',
  google: 'the Google sandbox',
};

/** The kept ports, where they are still free; another one, said in a sentence, where one is not. `PORT` asks for the API's. */
export async function chooseStackPorts(kept: StackState['ports'], say: (line: string) => void): Promise<StackState['ports']> {
  const ports = { ...kept };
  for (const [key, name] of Object.entries(names) as [PortName, string][]) {
    const asked = key === 'api' ? readPort(process.env.PORT) : null;
    ports[key] = await choosePort({ name, port: asked ?? kept[key], required: asked !== null }, say);
  }
  return ports;
}

function readPort(text: string | undefined): number | null {
  if (!text) return null;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error('PORT must be a number from 1 to 65535.');
  return port;
}
