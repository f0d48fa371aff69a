import { randomUUIDv7 } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Database } from '#db/database.ts';
import type { ImportState } from '#domain/import.ts';
import type { ContactImportTable } from './tables.ts';

export type ContactImport = Selectable<ContactImportTable>;

export interface NewImport {
  fileName: string;
  region: string;
  mapping: object | null;
  isDryRun: boolean;
  actor: string;
}

export async function insertImport(
  db: Database,
  { fileName, region, mapping, isDryRun, actor }: NewImport,
): Promise<ContactImport> {
  const row = { id: randomUUIDv7(), file_name: fileName, region, is_dry_run: isDryRun, actor };
  return db
    .insertInto('contact_import')
    .values({ ...row, mapping: mapping === null ? null : JSON.stringify(mapping) })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Undefined when there is no such import. */
export function findImport(db: Database, id: string): Promise<ContactImport | undefined> {
  return db.selectFrom('contact_import').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The newest first. */
export function listImports(
  db: Database,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<ContactImport[]> {
  const newest = db.selectFrom('contact_import').selectAll().orderBy('id', 'desc').limit(limit);
  return (cursor === undefined ? newest : newest.where('id', '<', cursor)).execute();
}

/** The importer and the file of each import, by id. */
export async function findImportNames(
  db: Database,
  ids: readonly string[],
): Promise<Map<string, { fileName: string; actor: string }>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('contact_import').select(['id', 'file_name', 'actor']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, file_name: fileName, actor }) => [id, { fileName, actor }]));
}

export type ImportFacts = Partial<Pick<ContactImport, 'format' | 'header' | 'file_hash' | 'repeats_id' | 'error'>>;

interface ImportStateChange {
  from: readonly ImportState[];
  to: ImportState;
  isFinal: boolean;
  facts: ImportFacts;
}

/** Moves an import from one of several states to another one, and its position to the beginning. False when it is in none of them. */
export async function saveImportState(
  db: Database,
  id: string,
  { from, to, isFinal, facts: { header, ...facts } }: ImportStateChange,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('contact_import')
    .set({
      ...facts,
      ...(header !== undefined && { header: JSON.stringify(header) }),
      ...{ state: to, position: 0 },
      ...(isFinal && { finished_at: new Date() }),
    })
    .where('id', '=', id)
    .where('state', 'in', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The import of the same file that is done or under way; undefined without one. A dry run is none. */
export function findEqualImport(db: Database, { id, hash }: { id: string; hash: string }): Promise<ContactImport | undefined> {
  return db
    .selectFrom('contact_import')
    .selectAll()
    .where('file_hash', '=', hash)
    .where('id', '<>', id)
    .where('state', 'in', ['importing', 'completed'])
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}
