import type { StoredContact } from '#db/contacts/contacts.ts';
import type { Database } from '#db/database.ts';
import { exportRows } from '#db/personal-data/export-person.ts';
import { findPerson } from '#db/personal-data/find-person.ts';
import { personalTables } from '#db/personal-data/personal-tables.ts';

export interface PersonalData {
  contactId: string;
  /** Contacts that were merged into it. */
  mergedIds: string[];
  exportedAt: string;
  /** By table: its description, and every row about the person. */
  data: Record<string, { holds: string; rows: Record<string, unknown>[] }>;
}

/** Everything that is stored about a person, at one moment. */
export function exportPerson(db: Database, { id }: Pick<StoredContact, 'id'>, now: Date): Promise<PersonalData> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const person = await findPerson(tx, id);
      const rows = await exportRows(tx, person);
      const found = personalTables.flatMap(({ table, holds }) => {
        const { [table]: ofTable } = rows;
        return ofTable ? [[table, { holds, rows: ofTable }] as const] : [];
      });
      const mergedIds = person.contactIds.filter((each) => each !== id);
      return { contactId: id, mergedIds, exportedAt: now.toISOString(), data: Object.fromEntries(found) };
    });
}
