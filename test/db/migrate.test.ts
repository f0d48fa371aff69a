import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrateToLatest } from '#db/migrate.ts';
import { migrations } from '#db/migrations/index.ts';

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

const all = Object.keys(migrations);

it('makes every table once, and nothing the second time', async () => {
  const url = await emptyDatabase();
  expect(await migrateToLatest(url)).toEqual(all);
  expect(await migrateToLatest(url)).toEqual([]);
});

it('is done by one of several processes that start at the same time, and all go on', async () => {
  const url = await emptyDatabase();
  const done = await Promise.all([migrateToLatest(url), migrateToLatest(url), migrateToLatest(url)]);
  expect(done.flat()).toEqual(all);
});

it('says which database it cannot reach', async () => {
  await expect(migrateToLatest('postgres://nobody@127.0.0.1:1/none')).rejects.toThrow(/ECONNREFUSED/);
});

it('numbers its migrations in the order in which they run', () => {
  expect(all).toEqual(all.toSorted());
  for (const name of all) expect(name).toMatch(/^\d{4}-[a-z-]+$/);
});
