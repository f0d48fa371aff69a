import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureOwnedDatabase } from '#dev/postgres/databases.ts';
import { embeddedPostgres } from '#dev/postgres/embedded-postgres.ts';
import { choosePort } from '#dev/processes/ports.ts';
import { startProcess } from '#dev/processes/process.ts';
import { openStackFolder, stackPaths } from '#dev/stack/stack-folder.ts';
import { readStackState, writeStackState } from '#dev/stack/stack-state.ts';
import { findTemporalPrograms, temporalOnPostgres } from '#dev/temporal/temporal-on-postgres.ts';

/**
 * `npm run temporal:postgres -- --data <folder>`: runs PostgreSQL and, on it, a Temporal server with the settings of docker-compose.yml,
 * on loopback addresses, until Ctrl-C. Prints the variables for `npm run migrate`, `npm run api` and `npm run worker`. The folder keeps
 * the data and the ports.
 */

const { values } = parseArgs({ options: { data: { type: 'string', default: '.accord-production' } } });
const say = (line: string) => void process.stderr.write(`${line}\n`);

const programs = findTemporalPrograms();
if (!programs) {
  say(
    'There is no temporal-server and temporal-sql-tool in TEMPORAL_SERVER_BIN or on PATH: docs/operating.md says how to build them.',
  );
  process.exit(1);
}
const directory = resolve(values.data);
await mkdir(directory, { recursive: true });
const folder = await openStackFolder(directory, { fresh: false });
const { state } = await readStackState(directory);
for (const [name, key] of [
  ['PostgreSQL', 'postgres'],
  ['Temporal', 'temporal'],
] as const)
  state.ports[key] = await choosePort({ name, port: state.ports[key] }, say);
await writeStackState(directory, state);

const { logs, postgres: dataDirectory } = stackPaths(directory);
const server = { port: state.ports.postgres, password: state.postgresPassword };
const settings = { max_connections: '200' };
const postgres = await startProcess(
  await embeddedPostgres({ ...server, dataDirectory, logFile: join(logs, 'postgres.log'), settings }),
);
const database = await ensureOwnedDatabase(server, 'accord');
const temporal = await startProcess(
  await temporalOnPostgres({ programs, postgres: server, port: state.ports.temporal, logFile: join(logs, 'temporal.log') }),
);
console.log(`export DATABASE_URL=${database}`);
console.log(`export TEMPORAL_ADDRESS=127.0.0.1:${state.ports.temporal} TEMPORAL_NAMESPACE=default`);
console.log(`export ACCORD_ENCRYPTION_KEY=${state.encryptionKey}`);

const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
await Promise.race([stopped, temporal.ended, postgres.ended]);
await temporal.stop();
await postgres.stop();
await folder.release();
