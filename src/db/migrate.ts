import { Migrator } from 'kysely';
import { openDatabase } from './database.ts';
import { migrations } from './migrations/index.ts';

/** Brings a database to the newest schema. Safe to run from several processes at once: one migrates, the others wait. */
export async function migrateToLatest(databaseUrl: string): Promise<string[]> {
  const db = openDatabase({ url: databaseUrl, poolSize: 2 });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error, results } = await migrator.migrateToLatest();
    if (error) throw error;
    return (results ?? []).filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName);
  } finally {
    await db.destroy();
  }
}
