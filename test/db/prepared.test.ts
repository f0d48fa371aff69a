import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { prepared } from '#db/prepared.ts';
import { useDatabase } from './test-database.ts';

const database = useDatabase();

const add = (db: Database, one: number) =>
  sql<{ sum: number }>`${prepared('add-two')} select ${one}::int + 2 as sum`.execute(db).then(({ rows }) => rows[0]?.sum);

const preparedIn = (db: Database) =>
  sql<{ name: string; runs: number }>`
    select name, (generic_plans + custom_plans)::int as runs from pg_prepared_statements`
    .execute(db)
    .then(({ rows }) => rows);

it('is parsed once on a connection, and runs with the values of each execution', async () => {
  await database.db.connection().execute(async (db) => {
    expect([await add(db, 1), await add(db, 40)]).toEqual([3, 42]);
    expect(await preparedIn(db)).toEqual([{ name: 'add-two', runs: 2 }]);
  });
});

it('has one text: another one under its name is refused', async () => {
  await database.db.connection().execute(async (db) => {
    await sql`${prepared('one-text')} select 1`.execute(db);
    await expect(sql`${prepared('one-text')} select 2`.execute(db)).rejects.toThrow('must be unique');
  });
});
