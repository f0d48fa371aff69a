import type { ContactDeps } from '#contacts/contact-deps.ts';
import { countRows } from '#db/personal-data/export-person.ts';
import { findPerson } from '#db/personal-data/find-person.ts';
import { personalTables } from '#db/personal-data/personal-tables.ts';
import { isAtVendor, listLinksOf } from './begin-erasure.ts';

export interface ErasurePreview {
  /** The records at vendors that would be deleted. */
  records: { provider: string; externalId: string | null }[];
  /** The rows about the person, by table; `stays` for those that are emptied. */
  tables: { table: string; holds: string; rows: number; stays: boolean }[];
}

/** The rows and records that an erasure would delete. */
export async function previewErasure(deps: ContactDeps, contactId: string): Promise<ErasurePreview> {
  const person = await findPerson(deps.db, contactId);
  const links = (await listLinksOf(deps.db, person)).filter((link) => isAtVendor(deps, link, person));
  const rows = await countRows(deps.db, person);
  return {
    records: links
      .filter(({ state }) => state !== 'tombstoned')
      .map(({ provider, external_id: externalId }) => ({ provider, externalId })),
    tables: personalTables.flatMap(({ table, holds, erasure }) => {
      const { [table]: count = 0 } = rows;
      return count === 0 ? [] : [{ table, holds, rows: count, stays: erasure.kind === 'emptied' }];
    }),
  };
}
