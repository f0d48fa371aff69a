import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { impersonalTables } from '#db/personal-data/impersonal-tables.ts';
import { personalTables } from '#db/personal-data/personal-tables.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { toPrivacyTable } from './privacy-table.ts';

const on = useDatabase();

interface Column {
  table: string;
  column: string;
}

/** Columns that can hold a name, an email or a phone number, partitions excepted. */
async function listColumns(): Promise<Column[]> {
  const { rows } = await sql<Column>`
    select class.relname as table, attribute.attname as column
    from pg_class as class
      join pg_attribute as attribute on attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped
    where class.relnamespace = 'public'::regnamespace and class.relkind in ('r', 'p') and not class.relispartition
      and format_type(attribute.atttypid, null) ~ '^(text|character|json|bytea|name|citext)'
    order by 1, 2`.execute(on.db);
  return rows;
}

const personal = new Map(personalTables.map((each) => [each.table, each]));

/** Whether the list of personal tables accounts for a column. */
function isErased({ table, column }: Column): boolean {
  const erasure = personal.get(table)?.erasure;
  if (erasure === undefined) return false;
  if (erasure.kind !== 'emptied') return true;
  return erasure.keeps.includes(column) || emptied(table).includes(column);
}

function emptied(table: string): string[] {
  return { contact: ['fields', 'provenance', 'held_refusals'], audit_log: ['details'] }[table] ?? [];
}

describe('the list of personal data', () => {
  it('has every column of the database that can hold some', async () => {
    const unknown = (await listColumns()).filter(
      (each) => !isErased(each) && !impersonalTables[each.table]?.includes(each.column),
    );
    // Add the table to personal-tables.ts, or the column to impersonal-tables.ts where it can never tell about a contact.
    expect(unknown).toEqual([]);
  });

  it('names no table or column that does not exist, and none twice', async () => {
    const columns = await listColumns();
    const { rows } = await sql<{ name: string }>`
      select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`.execute(on.db);
    const tables = rows.map(({ name }) => name);
    for (const { table } of personalTables) expect(tables).toContain(table);
    for (const [table, listed] of Object.entries(impersonalTables)) {
      expect(tables).toContain(table);
      expect(personal.has(table) ? table : null).toBeNull();
      const known = columns.filter((each) => each.table === table).map(({ column }) => column);
      expect(listed.filter((column) => !known.includes(column))).toEqual([]);
    }
  });

  it('is the table of docs/privacy.md', () => {
    expect(readFileSync('docs/privacy.md', 'utf8')).toContain(toPrivacyTable());
  });
});
