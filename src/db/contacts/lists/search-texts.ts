import type { Database } from '#db/database.ts';
import type { ContactFields } from '#domain/contact.ts';

/** Unexecuted, for batching. */
export function saveSearchText(db: Database, contactId: string, text: string) {
  return db
    .insertInto('contact_search')
    .values({ contact_id: contactId, text })
    .onConflict((conflict) => conflict.column('contact_id').doUpdateSet({ text }));
}

/** Contacts that were stored before contacts had search texts, in the order of their ids. */
export function listWithoutSearchText(
  db: Database,
  { after, limit }: { after: string | null; limit: number },
): Promise<{ id: string; fields: Partial<ContactFields> }[]> {
  return db
    .selectFrom('contact')
    .select(['id', 'fields'])
    .where('revision', '>', 0)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('contact_search as search').select('search.contact_id').whereRef('search.contact_id', '=', 'contact.id'),
        ),
      ),
    )
    .$if(after !== null, (query) => query.where('id', '>', after))
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Adds texts of contacts. One that another process stored meanwhile stays, as it is newer. */
export async function insertSearchTexts(db: Database, texts: readonly { contact_id: string; text: string }[]): Promise<void> {
  if (texts.length === 0) return;
  await db
    .insertInto('contact_search')
    .values([...texts])
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
