import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** Creates a migrated database in the test run's PostgreSQL. It copies a template instead of running the migrations. */
export function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase('accord_template');
}

/** Creates a database without tables, as a new installation has it. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template0');
}

/** Creates a copy of a database that nobody is connected to. */
export function copyDatabase(url: string): Promise<TestDatabase> {
  return createDatabase(new URL(url).pathname.slice(1));
}

async function createDatabase(template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} template ${template}`);
  const url = new URL(serverUrl());
  url.pathname = name;
  return { url: url.href, drop: () => administer(`drop database if exists ${name} with (force)`) };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function serverUrl(): string {
  const url = process.env.ACCORD_TEST_DATABASE_URL;
  if (!url) throw new Error('ACCORD_TEST_DATABASE_URL is not set. Run the tests with `npm test`, which starts PostgreSQL.');
  return url;
}
