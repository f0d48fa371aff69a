import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { executeNamed } from '#db/named-statement.ts';
import { useDatabase } from './test-database.ts';

const database = useDatabase();

const addTwo = (db: Database, one: number) =>
  executeNamed(db, 'add-two', sql<{ sum: number }>`select ${one}::int + 2 as sum`).then(({ rows }) => rows[0]?.sum);

const listPrepared = (db: Database) =>
  sql<{ name: string; runs: number }>`
    select name, (generic_plans + custom_plans)::int as runs from pg_prepared_statements`
    .execute(db)
    .then(({ rows }) => rows);

describe('a named statement', () => {
  it('is parsed once per connection, and runs with the values of each execution', async () => {
    await database.db.connection().execute(async (db) => {
      expect([await addTwo(db, 1), await addTwo(db, 40)]).toEqual([3, 42]);
      expect(await listPrepared(db)).toEqual([{ name: 'add-two', runs: 2 }]);
    });
  });

  it('is prepared by each connection, also inside a transaction', async () => {
    const db = database.open(2);
    const runs = await db.transaction().execute(async (tx) => {
      await addTwo(tx, 1);
      await db.connection().execute((other) => addTwo(other, 1));
      return listPrepared(tx);
    });
    expect(runs).toEqual([{ name: 'add-two', runs: 1 }]);
  });

  it('has one text: another text under its name is refused', async () => {
    await database.db.connection().execute(async (db) => {
      await executeNamed(db, 'one-text', sql`select 1`);
      await expect(executeNamed(db, 'one-text', sql`select 2`)).rejects.toThrow('must be unique');
    });
  });
});

describe('any other statement', () => {
  it('is not prepared', async () => {
    await database
      .open(1)
      .connection()
      .execute(async (db) => {
        await sql`select ${1}::int`.execute(db);
        expect(await listPrepared(db)).toEqual([]);
      });
  });

  it('counts the rows that it changed', async () => {
    await database.db.connection().execute(async (db) => {
      await sql`create temporary table counted (n int)`.execute(db);
      expect(await sql`insert into counted select generate_series(1, 3)`.execute(db)).toMatchObject({ numAffectedRows: 3n });
      expect(await sql`select n from counted`.execute(db)).toEqual({ rows: [{ n: 1 }, { n: 2 }, { n: 3 }] });
    });
  });

  it('fails with its caller in the stack', async () => {
    const failing = async () => {
      await sql`select 1 / 0`.execute(database.db);
    };
    await expect(failing()).rejects.toMatchObject({ message: 'division by zero', stack: expect.stringContaining('failing') });
  });
});
