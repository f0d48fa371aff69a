import type { Database } from '#db/database.ts';

/** Stores a piece of a file, or replaces it: a client sends a piece again whose answer was lost. */
export async function savePart(db: Database, part: { importId: string; number: number; bytes: Buffer }): Promise<void> {
  await db
    .insertInto('import_part')
    .values({ import_id: part.importId, number: part.number, bytes: part.bytes })
    .onConflict((conflict) => conflict.columns(['import_id', 'number']).doUpdateSet({ bytes: part.bytes }))
    .execute();
}

/** How many pieces have arrived, and the number of the first one that is missing. */
export async function findGap(db: Database, importId: string): Promise<{ count: number; missing: number | null }> {
  const parts = await db.selectFrom('import_part').select('number').where('import_id', '=', importId).orderBy('number').execute();
  const gap = parts.findIndex(({ number }, at) => number !== at + 1);
  return { count: parts.length, missing: gap < 0 ? null : gap + 1 };
}

/** The bytes of a file, piece by piece. */
export async function* readParts(db: Database, importId: string): AsyncGenerator<Buffer, void> {
  for (let number = 1; ; number += 1) {
    const part = await db
      .selectFrom('import_part')
      .select('bytes')
      .where('import_id', '=', importId)
      .where('number', '=', number)
      .executeTakeFirst();
    if (!part) return;
    yield part.bytes;
  }
}

export async function removeParts(db: Database, importId: string): Promise<void> {
  await db.deleteFrom('import_part').where('import_id', '=', importId).execute();
}

/** Removes pieces of files from before a time that nobody completed. */
export async function removeForgottenParts(db: Database, before: Date): Promise<void> {
  await db
    .deleteFrom('import_part')
    .where('import_id', 'in', (eb) =>
      eb.selectFrom('contact_import').select('id').where('state', '=', 'receiving').where('created_at', '<', before),
    )
    .execute();
}
