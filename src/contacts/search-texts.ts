import { insertSearchTexts, listWithoutSearchText } from '#db/contacts/lists/search-texts.ts';
import type { Database } from '#db/database.ts';
import { emptyFields } from '#domain/contact.ts';
import { toSearchText } from '#domain/search/search-text.ts';

const batchSize = 1_000;

/** Computes the search texts of contacts that were stored before they had any. A run that is cut off goes on at the next one. */
export async function fillSearchTexts(db: Database): Promise<void> {
  for (let after: string | null = null; ; ) {
    const contacts = await listWithoutSearchText(db, { after, limit: batchSize });
    const texts = contacts.map(({ id, fields }) => ({ contact_id: id, text: toSearchText({ ...emptyFields, ...fields }) }));
    await insertSearchTexts(db, texts);
    after = contacts.at(-1)?.id ?? null;
    if (contacts.length < batchSize) return;
  }
}
