import { Command, InvalidArgumentError, Option } from 'commander';
import { type ConfigWith, loadConfig } from '#config.ts';
import { type ApiKey, type ApiScope, apiScopes, createApiKey, listApiKeys, type NewApiKey, revokeApiKey } from '#db/api-keys.ts';
import { type Database, openDatabase } from '#db/database.ts';
import { rotateEncryption } from '#db/rotate-encryption.ts';
import { forEachWorkspace, loadChosen } from './workspaces/chosen-workspaces.ts';

/** `accord keys` */
export function keysCommand(): Command {
  const keys = new Command('keys').description('manage the keys of the REST API, and those that encrypt secrets');
  keys
    .command('create')
    .description('create a key and print it once')
    .argument('<name>', 'name of the person or program that will use it')
    .addOption(new Option('--scope <scope...>', 'permissions of the key').choices(apiScopes).default(['sync:read']))
    .addOption(new Option('--days <n>', 'the key expires after this many days; by default never').argParser(parseDays))
    .action((name: string, { scope, days }: { scope: ApiScope[]; days?: number }) =>
      withDatabase((db) => create(db, { name, scopes: scope, expiresAt: days === undefined ? null : daysFromNow(days) })),
    );
  keys
    .command('list')
    .description('list all keys, without their secrets')
    .action(() => withDatabase(list));
  keys
    .command('revoke')
    .description('revoke a key immediately')
    .argument('<id>', 'id of the key, see `accord keys list`')
    .action((id: string) => withDatabase((db) => revoke(db, id)));
  keys
    .command('rotate-encryption')
    .description('encrypt all stored secrets and tokens anew, with the first key of ACCORD_ENCRYPTION_KEYS')
    .action(rotate);
  return keys;
}

async function withDatabase(work: (db: Database) => Promise<void>): Promise<void> {
  const { database } = loadConfig({ need: ['database'] });
  await inDatabase(database.url, work);
}

async function inDatabase(url: string, work: (db: Database) => Promise<void>): Promise<void> {
  const db = openDatabase({ url, poolSize: 1 });
  try {
    await work(db);
  } finally {
    await db.destroy();
  }
}

async function rotate(): Promise<void> {
  await forEachWorkspace(loadChosen(['database', 'encryptionKey']), rotateIn);
}

async function rotateIn({ database, encryptionKey }: ConfigWith<'database' | 'encryptionKey'>): Promise<void> {
  if (Buffer.isBuffer(encryptionKey))
    throw new Error('Set ACCORD_ENCRYPTION_KEYS, with the new key first: see docs/operating.md');
  await inDatabase(database.url, async (db) => {
    const { rotated, unreadable } = await rotateEncryption(db, encryptionKey);
    console.log(`encrypted anew: ${rotated}`);
    if (unreadable.length > 0) throw new Error(['Some values could not be opened:', ...unreadable].join('\n  '));
  });
}

function parseDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3_650) return days;
  throw new InvalidArgumentError('Use a whole number of days from 1 to 3650.');
}

const daysFromNow = (days: number): Date => new Date(Date.now() + days * 86_400_000);

async function create(db: Database, wanted: NewApiKey): Promise<void> {
  const { id, key } = await createApiKey(db, wanted);
  console.log(`id   ${id}\nkey  ${key}\n\nStore the key now: it is not shown again.`);
}

async function list(db: Database): Promise<void> {
  for (const { id, prefix, name, scopes, last_used_at, revoked_at, expires_at } of await listApiKeys(db)) {
    const use = last_used_at ? `used ${last_used_at.toISOString().slice(0, 16)}Z` : 'never used';
    console.log([id, `${prefix}…`, stateOf({ revoked_at, expires_at }), use, scopes.join(','), name].join('  '));
  }
}

function stateOf({ revoked_at, expires_at }: Pick<ApiKey, 'revoked_at' | 'expires_at'>): string {
  if (revoked_at !== null) return 'revoked';
  if (expires_at === null) return 'live';
  const day = expires_at.toISOString().slice(0, 10);
  return expires_at > new Date() ? `live until ${day}` : `expired ${day}`;
}

async function revoke(db: Database, id: string): Promise<void> {
  if (!(await revokeApiKey(db, id))) throw new Error(`No active key has the id ${id}. Run accord keys list to see the ids.`);
  console.log('revoked');
}
