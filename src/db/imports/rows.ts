import { type Selectable, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { ProviderValues } from '#domain/contact.ts';
import type { ImportOutcome } from '#domain/import.ts';
import type { ImportRowProblem, ImportRowTable } from './tables.ts';

export type ImportRow = Selectable<ImportRowTable>;

export interface NewRow {
  number: number;
  line: number;
  values: ProviderValues | null;
  namedId: string | null;
  problems: ImportRowProblem[];
  cells: string[] | null;
  /** By which other rows of the file may be the same person. */
  keys: string[];
}

/** Stores rows with their keys. A row that is stored already stays: the reader was killed behind it. */
export async function insertRows(db: Database, importId: string, rows: readonly NewRow[]): Promise<void> {
  if (rows.length === 0) return;
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  await sql`
    insert into import_row (import_id, number, line, values, named_id, problems, cells)
    select ${importId}, * from unnest(
      ${rows.map(({ number }) => number)}::int[], ${rows.map(({ line }) => line)}::int[],
      ${rows.map(({ values }) => json(values))}::jsonb[], ${rows.map(({ namedId }) => namedId)}::uuid[],
      ${rows.map(({ problems }) => JSON.stringify(problems))}::jsonb[], ${rows.map(({ cells }) => json(cells))}::jsonb[])
    on conflict do nothing`.execute(db);
  const keys = rows.flatMap(({ number, keys: own }) => own.map((key) => ({ number, key })));
  await sql`
    insert into import_key (import_id, key, number)
    select ${importId}, * from unnest(${keys.map(({ key }) => key)}::text[], ${keys.map(({ number }) => number)}::int[])
    on conflict do nothing`.execute(db);
}

/** Stores how many rows a file has, after the last one was stored. */
export async function saveRowCount(db: Database, importId: string): Promise<void> {
  await sql`
    update contact_import set counts = counts || (
      select jsonb_build_object('rows', count(*), 'problems', count(*) filter (where problems <> '[]'))
      from import_row where import_id = ${importId}
    ) where id = ${importId}`.execute(db);
}

/** The next rows after a position, in the order of the file. */
export function listRows(
  db: Database,
  { importId, after, limit }: { importId: string; after: number; limit: number },
): Promise<ImportRow[]> {
  return db
    .selectFrom('import_row')
    .selectAll()
    .where('import_id', '=', importId)
    .where('number', '>', after)
    .orderBy('number')
    .limit(limit)
    .execute();
}

export type RowFilter = ImportOutcome | 'problem';

/** Rows for a person to look at. `problem`: those of which something is not imported. */
export function listFilteredRows(
  db: Database,
  { importId, after, limit, filter }: { importId: string; after: number; limit: number; filter?: RowFilter | undefined },
): Promise<ImportRow[]> {
  let query = db.selectFrom('import_row').selectAll().where('import_id', '=', importId).where('number', '>', after);
  if (filter === 'problem') query = query.where(sql<boolean>`problems <> '[]'`);
  else if (filter !== undefined) query = query.where(sql<boolean>`coalesce(imported, checked) = ${filter}`);
  return query.orderBy('number').limit(limit).execute();
}

export interface RowOutcome {
  number: number;
  outcome: ImportOutcome;
  contactId: string | null;
  changes: readonly string[];
}

/**
 * Stores the outcome of rows, counts it, and moves the position of the import behind them: all or nothing, so that a
 * page that is dealt with twice counts once. Until the table is analysed, PostgreSQL takes a new import for an empty one, and would
 * read all of its rows for each page: the range of numbers keeps it to those of the page.
 */
export async function saveOutcomes(
  db: Database,
  phase: 'checked' | 'imported',
  { importId, position, outcomes }: { importId: string; position: number; outcomes: readonly RowOutcome[] },
): Promise<void> {
  const column = sql.ref(phase);
  const first = outcomes[0]?.number ?? position;
  await sql`
    with found as (
      select * from unnest(
        ${outcomes.map(({ number }) => number)}::int[], ${outcomes.map(({ outcome }) => outcome)}::text[],
        ${outcomes.map(({ contactId }) => contactId)}::uuid[], ${outcomes.map(({ changes }) => changes.join(','))}::text[]
      ) as found (number, outcome, contact_id, changes)
    ), saved as (
      update import_row as row
      set ${column} = found.outcome, contact_id = found.contact_id, changes = string_to_array(nullif(found.changes, ''), ',')
      from found
      where row.import_id = ${importId} and row.number between ${first} and ${position}
        and row.number = found.number and row.${column} is null
      returning row.${column} as outcome
    ), counted as (
      select outcome, count(*) as count from saved group by outcome
    )
    update contact_import set
      position = ${position},
      counts = jsonb_set(counts, array[${phase}::text], counts->${phase}::text || coalesce((
        select jsonb_object_agg(outcome, count + coalesce((counts->${phase}::text->>outcome)::int, 0)) from counted
      ), '{}'))
    where id = ${importId}`.execute(db);
}

/** Notes something about rows that came to light after they were read, once. */
export async function addProblem(
  db: Database,
  { importId, numbers, problem }: { importId: string; numbers: readonly number[]; problem: ImportRowProblem },
): Promise<void> {
  if (numbers.length === 0) return;
  const added = JSON.stringify([problem]);
  await sql`
    update import_row set problems = problems || ${added}::jsonb
    where import_id = ${importId} and number = any(${numbers}::int[]) and not problems @> ${added}::jsonb`.execute(db);
}

export interface KeyedRow {
  number: number;
  values: ProviderValues;
}

/**
 * Rows of the file before one of them that have one of the keys: the first ones of each key. Each step is a subquery of its own, because a join
 * lets PostgreSQL compare every row of the import with every key, as long as it takes a new import for an empty one.
 */
export async function listRowsByKeys(
  db: Database,
  { importId, keys, before, perKey }: { importId: string; keys: readonly string[]; before: number; perKey: number },
): Promise<KeyedRow[]> {
  const { rows } = await sql<KeyedRow>`
    with earlier as materialized (
      select distinct first.number
      from unnest(${keys}::text[]) as wanted (key)
      cross join lateral (
        select number from import_key
        where import_id = ${importId} and key = wanted.key and number < ${before} order by number limit ${perKey}
      ) as first
    )
    select row.number, row.values
    from earlier
    cross join lateral (
      select number, values from import_row where import_id = ${importId} and number = earlier.number limit 1
    ) as row
    where row.values is not null`.execute(db);
  return rows;
}

/** Removes personal data that an import does not need any more: all rows, or those that a person need not look at. */
export async function removeRows(db: Database, importId: string, which: 'all' | 'without problems'): Promise<void> {
  await db.deleteFrom('import_key').where('import_id', '=', importId).execute();
  const rows = db.deleteFrom('import_row').where('import_id', '=', importId);
  await (which === 'all' ? rows : rows.where(sql<boolean>`problems = '[]'`)).execute();
}

/** Of the imports, those whose rows are not all removed: rows go some days after they arrived. */
export async function findImportsWithRows(db: Database, importIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from unnest(${importIds}::uuid[]) as id where exists (select from import_row where import_id = id)`.execute(db);
  return new Set(rows.map(({ id }) => id));
}
