import { Command, Option } from 'commander';
import { loadConfig } from '#config.ts';
import { type ApiScope, apiScopes, createApiKey, listApiKeys, revokeApiKey } from '#db/api-keys.ts';
import { type Database, openDatabase } from '#db/database.ts';

/** `accord keys` */
export function keysCommand(): Command {
  const keys = new Command('keys').description('manage the keys of the REST API');
  keys
    .command('create')
    .description('create a key and print it once')
    .argument('<name>', 'name of the person or program that will use it')
    .addOption(new Option('--scope <scope...>', 'permissions of the key').choices(apiScopes).default(['sync:read']))
    .action((name: string, { scope }: { scope: ApiScope[] }) => withDatabase((db) => create(db, name, scope)));
  keys
    .command('list')
    .description('list all keys, without their secrets')
    .action(() => withDatabase(list));
  keys
    .command('revoke')
    .description('revoke a key immediately')
    .argument('<id>', 'id of the key, see `accord keys list`')
    .action((id: string) => withDatabase((db) => revoke(db, id)));
  return keys;
}

async function withDatabase(work: (db: Database) => Promise<void>): Promise<void> {
  const { database } = loadConfig({ need: ['database'] });
  const db = openDatabase({ url: database.url, poolSize: 1 });
  try {
    await work(db);
  } finally {
    await db.destroy();
  }
}

async function create(db: Database, name: string, scopes: ApiScope[]): Promise<void> {
  const { id, key } = await createApiKey(db, { name, scopes });
  console.log(`id   ${id}\nkey  ${key}\n\nStore the key now: it is not shown again.`);
}

async function list(db: Database): Promise<void> {
  for (const { id, prefix, name, scopes, last_used_at, revoked_at } of await listApiKeys(db)) {
    const use = last_used_at ? `used ${last_used_at.toISOString().slice(0, 16)}Z` : 'never used';
    console.log([id, `${prefix}…`, revoked_at ? 'revoked' : 'live', use, scopes.join(','), name].join('  '));
  }
}

async function revoke(db: Database, id: string): Promise<void> {
  if (!(await revokeApiKey(db, id))) throw new Error(`No active key has the id ${id}. Run accord keys list to see the ids.`);
  console.log('revoked');
}
