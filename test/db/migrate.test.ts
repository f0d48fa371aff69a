import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Migrator } from 'kysely';
import pg from 'pg';
import { openDatabase } from '#db/database.ts';
import { migrateToLatest } from '#db/migrate.ts';
import { migrations } from '#db/migrations/index.ts';
import { addAccounts, listAccounts } from '#db/sync/account-modes.ts';
import { eventually } from '#test/setup/eventually.ts';

const server = new pg.Client({ connectionString: process.env.ACCORD_TEST_DATABASE_URL as string });
const created: string[] = [];

beforeAll(() => server.connect());
afterAll(async () => {
  for (const name of created) await server.query(`drop database if exists ${name} with (force)`);
  await server.end();
});

/** Unlike the databases of other tests, without any table. */
async function emptyDatabase(): Promise<string> {
  const name = `test_empty_${randomBytes(6).toString('hex')}`;
  await server.query(`create database ${name}`);
  created.push(name);
  const url = new URL(process.env.ACCORD_TEST_DATABASE_URL as string);
  url.pathname = name;
  return url.href;
}

async function query(url: string, text: string): Promise<Record<string, string>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const all = Object.keys(migrations);

it('creates every table once, and nothing the second time', async () => {
  const url = await emptyDatabase();
  expect(await migrateToLatest(url)).toEqual(all);
  expect(await migrateToLatest(url)).toEqual([]);
});

it('runs in one of several processes that start at the same time, and all succeed', async () => {
  const url = await emptyDatabase();
  const done = await Promise.all([migrateToLatest(url), migrateToLatest(url), migrateToLatest(url)]);
  expect(done.flat()).toEqual(all);
});

it('leaves a database of a newer release as it is, with its functions: a rollback runs this one on it', async () => {
  const url = await emptyDatabase();
  await migrateToLatest(url);
  await query(url, `insert into kysely_migration (name, timestamp) values ('9999-later', now()::text)`);
  await query(url, 'drop function claim_link');
  expect(await migrateToLatest(url)).toEqual([]);
  expect(await query(url, `select proname from pg_proc where proname = 'claim_link'`)).toEqual([]);
});

it('names the address that it cannot reach', async () => {
  await expect(migrateToLatest('postgres://nobody@127.0.0.1:1/none')).rejects.toThrow(/ECONNREFUSED/);
});

it('goes on after a deadlock with a live process', async () => {
  const url = await emptyDatabase();
  const db = openDatabase({ url, poolSize: 2 });
  await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateTo('0058-list-indexes');
  await db.destroy();
  const live = new pg.Client({ connectionString: url });
  await live.connect();
  try {
    // The migration is the one that PostgreSQL ends.
    await live.query(`set deadlock_timeout = '1h'`);
    await live.query('begin');
    await live.query('lock table link in access share mode');
    const ran = migrateToLatest(url);
    const waiting = `select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())`;
    await eventually(async () => expect(await query(url, waiting)).toHaveLength(1));
    // 0059 has altered the one table and waits for the other.
    await live.query('lock table inbox_event in access share mode');
    await live.query('commit');
    expect(await ran).toContain('0059-echoes');
  } finally {
    await live.end();
  }
});

it('numbers migrations in the order in which they run', () => {
  expect(all).toEqual(all.toSorted());
  for (const name of all) expect(name).toMatch(/^\d{4}-[a-z-]+$/);
});

it('accounts that were synced before modes existed stay live, with records or without', async () => {
  const url = await emptyDatabase();
  const db = openDatabase({ url, poolSize: 2 });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  await migrator.migrateTo('0019-worker-leases');
  await db
    .insertInto('reconcile_run')
    .values({
      ...{ id: randomUUIDv7(), provider: 'calltools', account_id: 'silo', trigger: 'schedule', counts: '{}' },
      ...{ workflow_id: 'w', workflow_run_id: 'r', finished_at: null, outcome: null },
    })
    .execute();
  await migrator.migrateToLatest();
  expect(await addAccounts(db, ['calltools', 'google'], 'observe')).toEqual(['google']);
  expect(await listAccounts(db)).toMatchObject([
    { provider: 'calltools', mode: 'live' },
    { provider: 'google', mode: 'observe' },
  ]);
  await db.destroy();
});

describe('functions', () => {
  const readFunctions = (url: string) =>
    query(
      url,
      `select proname as name, pg_get_functiondef(oid) as definition from pg_proc
       where pronamespace = 'public'::regnamespace
         and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e')
       order by proname`,
    );
  const withoutLayout = (functions: Record<string, string>[]) =>
    functions.map(({ name, definition }) => ({ name, definition: definition?.replaceAll(/\s+/g, ' ') }));

  /** The state left by a version that defined functions in migrations. */
  async function olderDatabase(): Promise<string> {
    const url = await emptyDatabase();
    const db = openDatabase({ url, poolSize: 2 });
    const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
    await db.destroy();
    expect(error).toBeUndefined();
    return url;
  }

  async function freshDatabase(): Promise<string> {
    const url = await emptyDatabase();
    await migrateToLatest(url);
    return url;
  }

  it('have one file each, named after the function', async () => {
    const files = await readdir(new URL('../../src/db/functions/', import.meta.url));
    const functions = await readFunctions(await freshDatabase());
    expect(files.toSorted()).toEqual(functions.map(({ name }) => `${name}.sql`));
  });

  /** Functions whose file was edited or added since. */
  const edited = ['accept_event', 'accept_events', 'is_version_known'];

  it('from the files take the place of those from the frozen migrations, which they equal unless they were edited', async () => {
    const older = await olderDatabase();
    const before = await readFunctions(older);
    expect(await migrateToLatest(older)).toEqual([]);
    const after = await readFunctions(older);
    const unedited = (functions: Record<string, string>[]) =>
      withoutLayout(functions.filter(({ name = '' }) => !edited.includes(name)));
    expect(unedited(after)).toEqual(unedited(before));
    expect(after).toEqual(await readFunctions(await freshDatabase()));
  });

  it('replace the ones in the database, without a migration', async () => {
    const url = await freshDatabase();
    const before = await readFunctions(url);
    await query(
      url,
      `create or replace function accept_events(p_events json, empty_fields jsonb)
         returns table (place integer, outcome text, contact_id uuid, link_id uuid, newly_dirty boolean)
       language plpgsql as $$ begin raise 'an older version'; end $$`,
    );
    await Promise.all([migrateToLatest(url), migrateToLatest(url)]);
    expect(await readFunctions(url)).toEqual(before);
  });

  it('are no longer defined by migrations', async () => {
    const directory = new URL('../../src/db/migrations/', import.meta.url);
    for (const name of all.filter((each) => each > '0003')) {
      expect(await readFile(new URL(`${name}.ts`, directory), 'utf8')).not.toMatch(/create\s+(or\s+replace\s+)?function/i);
    }
  });
});

it('translates the doubts of candidates from before the rules of today', async () => {
  const url = await emptyDatabase();
  const db = openDatabase({ url, poolSize: 2 });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  expect((await migrator.migrateTo('0018-match-keys')).error).toBeUndefined();
  await db.destroy();
  const contacts = [1, 2, 3, 4].map((digit) => `0199a0a0-0000-7000-8000-00000000000${digit}`);
  const pairs = [
    [contacts[0], contacts[1], { keys: ['phone'], against: ['name-differs', 'email-differs'] }],
    [contacts[0], contacts[2], { keys: [], against: [] }],
    [contacts[0], contacts[3], { score: 5, rules: ['rival'], reasons: ['…'], keys: ['email'], against: ['rival'] }],
  ];
  await query(url, contacts.map((id) => `insert into contact (id, fields) values ('${id}', '{}')`).join(';'));
  const rows = pairs.map(([one, other, evidence]) => `('${other}', '${one}', '${other}', '${JSON.stringify(evidence)}')`);
  await query(url, `insert into match_candidate (id, contact_id, other_contact_id, evidence) values ${rows.join()}`);
  await migrateToLatest(url);
  expect((await query(url, 'select evidence from match_candidate order by id')).map(({ evidence }) => evidence)).toEqual([
    {
      ...{ keys: ['phone'], rules: ['given-names-clash'], against: ['given-names-clash'] },
      reasons: ['the names differ', 'the email addresses differ'],
    },
    { keys: [], rules: [], reasons: [], against: [] },
    { score: 5, rules: ['rival'], reasons: ['…'], keys: ['email'], against: ['rival'] },
  ]);
});
