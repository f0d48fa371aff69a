import { fillMatchKeys } from '#contacts/matching/match-keys.ts';
import { fillSearchTexts } from '#contacts/search-texts.ts';
import { createApiKey, findApiKey } from '#db/api-keys.ts';
import { openDatabase } from '#db/database.ts';
import { migrateToLatest } from '#db/migrate.ts';

/** Migrates the database and returns an API key for it: `keptApiKey` if the database knows it, else a new one. */
export async function prepareDatabase(url: string, keptApiKey: string | null): Promise<string> {
  await migrateToLatest(url);
  const db = openDatabase({ url, poolSize: 1 });
  try {
    await fillMatchKeys(db);
    await fillSearchTexts(db);
    if (keptApiKey && (await findApiKey(db, keptApiKey))) return keptApiKey;
    const { key } = await createApiKey(db, { name: 'first key', scopes: ['admin'] });
    return key;
  } finally {
    await db.destroy();
  }
}
