import { existsSync, globSync, realpathSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { migrateToLatest } from '#db/migrate.ts';
import { ensureOwnedDatabase } from '#dev/postgres/databases.ts';
import { embeddedPostgres, removePostgresData } from '#dev/postgres/embedded-postgres.ts';
import { startProcess } from '#dev/processes/process.ts';
import { freePort } from '#free-port.ts';

const needed = ['postgres', 'initdb', 'pg_dump', 'pg_restore', 'psql'];

/**
 * The folder of an installed PostgreSQL with its server and its tools; null when there is none. The package `embedded-postgres` has no
 * `pg_dump`, and one of an older release dumps no newer server.
 */
export function findSystemPostgres(env: NodeJS.ProcessEnv = process.env): string | null {
  const onPath = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'postgres'));
  const linked = onPath.filter(existsSync).map((path) => dirname(realpathSync(path)));
  const folders = [...linked, ...globSync('/usr/lib/postgresql/*/bin').toSorted().toReversed()];
  return folders.find((folder) => needed.every((name) => existsSync(join(folder, name)))) ?? null;
}

/** A server of these programs, with the database and the role that docs/operating.md has create. */
export async function startSystemPostgres(programs: string) {
  const directory = await mkdtemp(join(tmpdir(), 'accord-restore-'));
  await chmod(directory, 0o711);
  const dataDirectory = join(directory, 'postgres');
  const server = { password: 'test', port: await freePort() };
  const options = { ...server, dataDirectory, programs, logFile: join(directory, 'postgres.log') };
  const running = await startProcess(await embeddedPostgres(options));
  const url = await ensureOwnedDatabase(server, 'accord');
  await migrateToLatest(url);
  return {
    url,
    directory,
    async close() {
      await running.stop();
      await removePostgresData(dataDirectory);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
