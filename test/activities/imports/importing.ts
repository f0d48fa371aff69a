import { afterAll, beforeAll } from '@jest/globals';
import type { ActivityDeps } from '#activities/deps.ts';
import { nextImportStep } from '#activities/imports/next-import-step.ts';
import { moveImport } from '#contacts/imports/move-import.ts';
import { withContact } from '#contacts/open-unit.ts';
import { insertContact } from '#db/contacts/contacts.ts';
import { type Database, openDatabase } from '#db/database.ts';
import { type ContactImport, findImport, insertImport } from '#db/imports/imports.ts';
import { savePart } from '#db/imports/parts.ts';
import { type ContactFields, emptyFields } from '#domain/contact.ts';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.ts';

export const csv = { columns: { Name: 'fullName', Mail: 'email', Phone: 'phone', Tags: 'tags', Note: 'note' } };

/** A database and the activities of imports, without workflows and vendors. */
export function useImports() {
  let database: TestDatabase;
  let db: Database;
  let deps: ActivityDeps;
  beforeAll(async () => {
    database = await createTestDatabase();
    db = openDatabase({ url: database.url, poolSize: 10 });
    const conflicts = { order: [], fields: {} };
    deps = {
      db,
      providers: new Map(),
      audiences: [],
      sharing: {},
      conflicts,
      now: () => new Date(),
      signalContact: async () => {},
    };
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const imports = {
    get db(): Database {
      return db;
    },
    get deps(): ActivityDeps {
      return deps;
    },

    /** Stores a contact as the worker does. */
    async contact(fields: Partial<ContactFields>): Promise<string> {
      const contactId = await insertContact(db);
      await withContact(deps, { contactId, cause: null }, (unit) =>
        unit.changeContact({ fields: { ...emptyFields, ...fields } }),
      );
      return contactId;
    },

    async announce(
      content: string | Uint8Array,
      { mapping = null, isDryRun = false }: { mapping?: object | null; isDryRun?: boolean } = {},
    ): Promise<string> {
      const { id } = await insertImport(db, { fileName: 'people.csv', region: 'US', mapping, isDryRun, actor: 'api-key:test' });
      const bytes = Buffer.from(content as string);
      for (let at = 0, number = 1; at < bytes.length; at += 1_000, number += 1)
        await savePart(db, { importId: id, number, bytes: bytes.subarray(at, at + 1_000) });
      await moveImport(db, id, 'reading');
      return id;
    },

    /** One step, as the workflow makes it. */
    step: (importId: string, isLastAttempt = false, other: ActivityDeps = deps) =>
      nextImportStep(other, { importId }, { cause: `import/${importId}/run`, isLastAttempt }),

    /** All steps until nothing is left to do. */
    async run(importId: string): Promise<ContactImport> {
      while (!(await imports.step(importId)).isDone);
      return imports.find(importId);
    },

    async find(importId: string): Promise<ContactImport> {
      const run = await findImport(db, importId);
      if (!run) throw new Error('There is no such import');
      return run;
    },

    /** Announces a file, and imports it. */
    import: async (content: string | Uint8Array, options: { mapping?: object | null; isDryRun?: boolean } = {}) =>
      imports.run(await imports.announce(content, options)),

    contacts: () =>
      db.selectFrom('contact').selectAll().where('merged_into', 'is', null).where('revision', '>', 0).orderBy('id').execute(),
    count: async (table: 'contact' | 'link' | 'contact_history' | 'import_row' | 'import_part' | 'contact_merge') =>
      Number(
        (
          await db
            .selectFrom(table)
            .select(({ fn }) => fn.countAll().as('count'))
            .executeTakeFirstOrThrow()
        ).count,
      ),
  };
  return imports;
}
