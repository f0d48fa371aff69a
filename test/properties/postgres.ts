import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateToLatest } from '#db/migrate.ts';
import { ensureDatabase } from '#dev/postgres/databases.ts';
import { databaseUrl, embeddedPostgres } from '#dev/postgres/embedded-postgres.ts';
import { startProcess } from '#dev/processes/process.ts';
import { freePort } from '#free-port.ts';

/** Starts a PostgreSQL for scripts outside `npm test`. */
export async function startPostgres() {
  const directory = await mkdtemp(join(tmpdir(), 'accord-properties-'));
  await chmod(directory, 0o711); // PostgreSQL may run as another user, who has to get through
  const options = {
    dataDirectory: join(directory, 'postgres'),
    logFile: join(directory, 'postgres.log'),
    password: 'test',
    port: await freePort(),
    // Durability is not needed here.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  };
  const server = await startProcess(await embeddedPostgres(options));
  return {
    /** Creates a migrated database. Returns its URL. */
    async createDatabase(name: string): Promise<string> {
      await ensureDatabase(options, name);
      const url = databaseUrl(options, name);
      await migrateToLatest(url);
      return url;
    },
    async stop(): Promise<void> {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
