import { createApiKey } from '#db/api-keys.ts';
import { openDatabase } from '#db/database.ts';
import type { Bench } from './bench.ts';
import { startOwn } from './own-processes.ts';
import type { AskedStore } from './two-stores.ts';

/** A key of the scope `admin` to the api of a database. */
export async function createKey(database: string): Promise<string> {
  const db = openDatabase({ url: database, poolSize: 1 });
  const { key } = await createApiKey(db, { name: 'bench', scopes: ['admin'] }).finally(() => db.destroy());
  return key;
}

/** Starts an api that is asked by path. */
export async function startAskedApi(bench: Bench, database: string): Promise<AskedStore & { stop(): Promise<void> }> {
  const headers = { authorization: `Bearer ${await createKey(database)}` };
  const api = await startOwn(bench, 'api', { database, env: {} });
  return {
    stop: () => api.stop(),
    async time(path) {
      const startedAt = performance.now();
      const response = await fetch(api.url + path, { headers });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${text.slice(0, 200)}`);
      return performance.now() - startedAt;
    },
  };
}
