import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { databaseUrl, embeddedPostgres, removePostgresData } from '#dev/postgres/embedded-postgres.ts';
import { type RunningProcess, startProcess } from '#dev/processes/process.ts';
import { getTemporalExecutable } from '#dev/temporal/temporal-executable.ts';
import { findTemporalPrograms } from '#dev/temporal/temporal-on-postgres.ts';
import { freePort } from '#free-port.ts';
import { eventually } from '#test/setup/eventually.ts';
import { findCaddy, onLoopback } from './caddy.ts';
import { type Compose, type Container, openCompose } from './compose.ts';
import { loopbackAddress } from './edge.ts';
import { submitForm } from './load.ts';
import { startNameServer } from './name-server.ts';
import { findSystemPostgres } from './system-postgres.ts';

const [programs, temporal, caddy] = [findSystemPostgres(), findTemporalPrograms(), findCaddy()];
const isRunnable = programs && temporal && caddy;
if (!isRunnable) console.warn('SKIPPED: no PostgreSQL with psql, Temporal server or Caddy is installed: see docs/operating.md.');
const node = ['node', 'src/cli/accord.ts'];

(isRunnable ? describe : describe.skip)('docker-compose.yml', () => {
  const cleanUp = new AsyncDisposableStack();
  const running: { container: Container; process: RunningProcess }[] = [];
  const [edgeAddress, temporalAddress, ...apis] = Array.from({ length: 4 }, loopbackAddress) as [string, string, string, string];
  const password = randomBytes(24).toString('hex');
  const publicUrl = `http://${edgeAddress}:8088/`;
  let directory: string;
  let edgeAdmin: string;
  let compose: Compose;
  let postgres: { port: number; password: string };

  beforeAll(async () => {
    directory = cleanUp.adopt(await mkdtemp(join(tmpdir(), 'accord-compose-')), (each) => rm(each, { recursive: true }));
    edgeAdmin = `127.0.0.1:${await freePort()}`;
    postgres = { port: await freePort(), password: 'initial' };
    const data = join(directory, 'postgres');
    const server = { ...postgres, dataDirectory: data, programs: String(programs), logFile: join(directory, 'postgres.log') };
    cleanUp.defer(() => removePostgresData(data));
    const started = await startProcess(await embeddedPostgres({ ...server, settings: { max_connections: '200' } }));
    cleanUp.defer(() => started.stop());
    // As the header of docker-compose.yml says.
    const dotEnv = {
      ...parseEnv(await readFile('.env.example', 'utf8')),
      ...{ PUBLIC_URL: publicUrl, POSTGRES_PASSWORD: password, ACCORD_ENCRYPTION_KEY: randomBytes(32).toString('base64') },
    };
    const addresses = {
      'postgres:5432': `127.0.0.1:${postgres.port}`,
      'temporal:7233': `${temporalAddress}:7233`,
      '127.0.0.1:2019': edgeAdmin,
    };
    compose = openCompose(dotEnv, addresses, directory);
  }, 120_000);
  afterAll(async () => {
    await Promise.all(running.map(({ process }) => process.stop()));
    await cleanUp.disposeAsync();
  });

  async function start(container: Container): Promise<void> {
    running.push({ container, process: await compose.start(container) });
  }

  const connect = async (role: string, database: string, secret: string) => {
    const client = new pg.Client({ connectionString: databaseUrl({ ...postgres, password: secret }, database, role) });
    await client.connect();
    await client.end();
  };

  it('runs PostgreSQL with two roles that open their own databases, and no superuser who may log in', async () => {
    const socket = { PGHOST: '127.0.0.1', PGPORT: String(postgres.port), PGPASSWORD: 'initial', POSTGRES_PASSWORD: password };
    const container = { service: 'postgres', address: '127.0.0.1', env: socket };
    await compose.exec(container, ['/bin/sh', 'deploy/postgres-roles.sh']);
    await connect('accord', 'accord', password);
    await connect('temporal', 'temporal_visibility', password);
    await expect(connect('accord', 'temporal', password)).rejects.toThrow('permission denied');
    for (const secret of ['initial', password]) await expect(connect('postgres', 'accord', secret)).rejects.toThrow('password');
  });

  it('runs Temporal on it, with its schema and its namespace', async () => {
    const [SQL_PORT, DB_PORT] = [String(postgres.port), String(postgres.port)];
    const tools = join(directory, 'tools');
    await mkdir(tools);
    await symlink((await getTemporalExecutable()).path, join(tools, 'temporal'));
    const path = `${tools}:${dirname(String(temporal?.sqlTool))}`;
    const schema = { SQL_HOST: '127.0.0.1', SQL_PORT };
    await compose.complete({ service: 'temporal-schema', address: temporalAddress, path, env: schema });
    const image = [String(temporal?.server), '--allow-no-auth', 'start'];
    await start({ service: 'temporal', address: temporalAddress, image, env: { POSTGRES_SEEDS: '127.0.0.1', DB_PORT } });
    await compose.complete({ service: 'temporal-namespace', address: temporalAddress, path });
  }, 300_000);

  it('runs Accord behind the edge, and takes a form', async () => {
    const [first = '', second = ''] = apis;
    await compose.complete({ service: 'migrate', address: first, image: node });
    const api = { service: 'api', address: first, image: node };
    await Promise.all([start(api), start({ ...api, address: second })]);
    await Promise.all([first, second].map((address) => start({ service: 'worker', address, image: node })));
    const names = cleanUp.adopt(await startNameServer(() => apis), (each) => each.close());
    const config = join(directory, 'Caddyfile');
    await writeFile(
      config,
      onLoopback(await readFile('deploy/Caddyfile', 'utf8'), { address: edgeAddress, names: names.address }),
    );
    const edge = { service: 'edge', address: edgeAddress, path: dirname(String(caddy)) };
    const env = { CADDY_ADMIN: edgeAdmin, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory };
    await start({ ...edge, files: { '/etc/caddy/Caddyfile': config }, env });

    const { email } = await submitForm(publicUrl.slice(0, -1));
    const printed = await compose.exec(api, [...node, 'keys', 'create', 'me', '--scope', 'admin']);
    const authorization = `Bearer ${/^key {2}(\S+)$/m.exec(printed)?.[1]}`;
    await eventually(async () => {
      const answer = await fetch(`${publicUrl}api/v1/contacts?q=${email}`, { headers: { authorization } });
      expect(await answer.json()).toMatchObject({ data: { contacts: [{ emails: [email] }] } });
    }, 120_000);
    expect((await fetch(`${publicUrl}readyz`)).status).toBe(200);
  }, 300_000);

  it('stops all of it by SIGTERM, in order, and at once', async () => {
    for (const { container, process } of running.splice(0).toReversed()) {
      const ended = process.ended.then((how) => [container.service, how]);
      await process.stop(75_000);
      expect(await ended).toEqual([container.service, 'exit code 0']);
    }
  }, 300_000);
});
