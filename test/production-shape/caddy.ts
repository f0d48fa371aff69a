import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '#dev/processes/find-program.ts';
import { startProcess } from '#dev/processes/process.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { freePort } from '#free-port.ts';
import type { Edge } from './edge.ts';
import { startNameServer } from './name-server.ts';

/** docs/operating.md has it built into the folder of the Temporal server. */
export const findCaddy = () => findProgram('caddy', process.env.TEMPORAL_SERVER_BIN);

/** Caddy with `deploy/Caddyfile`, on loopback addresses. The api containers are addresses of this machine, whose names a name server knows. */
export async function startCaddy(): Promise<Edge> {
  const cleanUp = new AsyncDisposableStack();
  const edge: Edge = { url: `http://127.0.0.1:${await freePort()}`, apis: [], close: () => cleanUp.disposeAsync() };
  const names = cleanUp.adopt(await startNameServer((name) => (name === 'api' ? edge.apis : [])), (each) => each.close());
  const directory = cleanUp.adopt(await mkdtemp(join(tmpdir(), 'accord-edge-')), (each) => rm(each, { recursive: true }));
  const config = join(directory, 'Caddyfile');
  await writeFile(config, onLoopback(await readFile('deploy/Caddyfile', 'utf8'), { address: '127.0.0.1', names: names.address }));
  const admin = `127.0.0.1:${await freePort()}`;
  const running = await startProcess({
    name: 'edge',
    command: String(findCaddy()),
    args: ['run', '--config', config],
    env: { PUBLIC_URL: edge.url, CADDY_ADMIN: admin, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory },
    logFile: join(directory, 'edge.log'),
    ready: (_process, signal) => waitUntil('Caddy to answer', () => fetch(`http://${admin}/config/`), { signal }),
  });
  cleanUp.defer(() => running.stop());
  return edge;
}

/** In a container, Caddy listens on all addresses and asks Docker's name server. */
export function onLoopback(caddyfile: string, { address, names }: { address: string; names: string }): string {
  const upstreams = caddyfile.replace(/name api\n/, (name) => `${name}\t\t\tresolvers ${names}\n`);
  return `{\n\tdefault_bind ${address}\n}\n${upstreams}`;
}
