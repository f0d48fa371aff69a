import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { Person } from './find-person.ts';
import { type PersonalTable, personalTables } from './personal-tables.ts';

/** Every row about a person, by table. Tables without one are left out. */
export async function exportRows(db: Database, person: Person): Promise<Record<string, Record<string, unknown>[]>> {
  const rows: Record<string, Record<string, unknown>[]> = {};
  for (const table of personalTables) {
    const found = await selectRows(db, table, person);
    if (found.length > 0) rows[table.table] = found;
  }
  return rows;
}

async function selectRows(db: Database, { table, ofPerson, shown }: PersonalTable, person: Person) {
  const { rows } = await sql<{ shown: Record<string, unknown> }>`
    select ${shown ?? sql`to_jsonb(row)`} as shown from ${sql.table(table)} as row where ${ofPerson(person)}`.execute(db);
  return rows.map((row) => row.shown);
}

/** How many rows tell about a person, by table, with those that an erasure keeps and empties. */
export async function countRows(db: Database, person: Person): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { table, ofPerson } of personalTables) {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.table(table)} as row where ${ofPerson(person)}`.execute(db);
    const { count = 0 } = rows[0] ?? {};
    if (count > 0) counts[table] = count;
  }
  return counts;
}
