import { Migrator } from 'kysely';
import type { Database } from './database.ts';
import { migrations } from './migrations/index.ts';

/** The migrations of this release that did not run, in order. Those of a newer release are no concern here. */
async function findPendingMigrations(db: Database): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const known = await migrator.getMigrations();
  return known.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
}

/** One sentence with the remedy when migrations are pending or the database cannot be read; null otherwise. */
export async function findSchemaProblem(db: Database): Promise<string | null> {
  try {
    return explain(await findPendingMigrations(db));
  } catch (error) {
    return `The database cannot be used: ${error instanceof Error ? error.message : String(error)}. Check DATABASE_URL.`;
  }
}

function explain(names: readonly string[]): string | null {
  const [first] = names;
  if (first === undefined) return null;
  const which = names.length === 1 ? `the migration ${first}` : `${names.length} migrations, the first is ${first}`;
  return `The database lacks ${which}: run npm run migrate.`;
}
