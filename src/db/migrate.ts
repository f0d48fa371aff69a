import { readdir, readFile } from 'node:fs/promises';
import { Migrator, sql } from 'kysely';
import { type Database, isLockConflict, openDatabase } from './database.ts';
import { migrations } from './migrations/index.ts';

/**
 * Runs the pending migrations, then puts the functions of `functions/` in force. Returns the names of the migrations that ran. A database
 * of a newer release stays as it is: this one works with it, as after a rollback.
 * Safe to run from several processes at once: one migrates, the others wait.
 */
export async function migrateToLatest(databaseUrl: string): Promise<string[]> {
  // One connection holds the lock, the other one runs the migrations.
  const db = openDatabase({ url: databaseUrl, poolSize: 2 });
  try {
    return await db.transaction().execute(async (lock) => {
      await sql`select pg_advisory_xact_lock(hashtextextended('accord/migrate', 0))`.execute(lock);
      if ((await listNewerMigrations(lock)).length > 0) return [];
      const ran = await runMigrations(db);
      await replaceFunctions(lock);
      return ran;
    });
  } finally {
    await db.destroy();
  }
}

/** The migrations of a newer release that the database has. */
export async function listNewerMigrations(db: Database): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string | null }>`select to_regclass('kysely_migration')::text as name`.execute(db);
  if (!tables[0]?.name) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name).filter((name) => !(name in migrations));
}

/** One after the other, each in a transaction of its own: live processes wait for the locks of one migration only. */
async function runMigrations(db: Database): Promise<string[]> {
  // Whoever comes after a migration that waits for a lock waits behind it: it gives up and begins anew.
  await sql`set lock_timeout = '5s'`.execute(db);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const ran: string[] = [];
  for (let name = await runNext(migrator); name !== null; name = await runNext(migrator)) ran.push(name);
  return ran;
}

/** Returns the name of the migration that ran; null when none is pending. */
async function runNext(migrator: Migrator): Promise<string | null> {
  for (let triesLeft = maxTries; ; triesLeft -= 1) {
    const { error, results = [] } = await migrator.migrateUp();
    if (!error) return results.find(({ status }) => status === 'Success')?.migrationName ?? null;
    if (triesLeft <= 1 || !isLockConflict(error)) throw error;
  }
}

/** With the lock timeout, about as long as the longest transaction of a worker may take. */
const maxTries = 60;

/** All of them each time: the files are the truth, whatever an earlier version or a hand left in the database. */
async function replaceFunctions(tx: Database): Promise<void> {
  const directory = new URL('./functions/', import.meta.url);
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).toSorted();
  for (const file of files) await sql.raw(await readFile(new URL(file, directory), 'utf8')).execute(tx);
}
