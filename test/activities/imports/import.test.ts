import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { moveImport } from '#contacts/imports/move-import.ts';
import { hashKey, insertErasedKeys } from '#db/erasure/erased-keys.ts';
import { createErasureSecret } from '#db/erasure/erasure-secret.ts';
import { insertErasure } from '#db/erasure/erasures.ts';
import { insertRows, listFilteredRows, listRowsByKeys, saveOutcomes } from '#db/imports/rows.ts';
import { countStatements } from '#test/setup/count-statements.ts';
import { csv, useImports } from './importing.ts';

const imports = useImports();
const mapping = csv;

/** Somebody whom no other test knows, with a name that is like nobody else's. */
let people = 0;
function person() {
  people += 1;
  const key = `${people}`.padStart(4, '0');
  const word = (seed: number) => [...`${seed}`].map((digit) => syllables[Number(digit)]).join('');
  const [given = '', family = ''] = [people * 7_919, people * 104_729].map((seed) => word(seed % 1_000_003));
  return {
    name: `${capital(given)} ${capital(family)}`,
    given: capital(given),
    family: capital(family),
    mail: `p${key}@example.com`,
    phone: `(512) 444-${key}`,
  };
}
const syllables = ['ba', 'ce', 'di', 'fo', 'gu', 'ka', 'le', 'mi', 'ro', 'tu'];
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const toLine = ({ name, mail, phone }: ReturnType<typeof person>, tags = '', note = '') =>
  `${name},${mail},${phone},${tags},${note}\n`;
const toFile = (...lines: string[]) => `Name,Mail,Phone,Tags,Note\n${lines.join('')}`;
const email = (address: string) => ({ address, label: null });

describe('an import', () => {
  it('adds new people, gives known ones what they lack, and replaces nothing', async () => {
    const [known, fresh] = [person(), person()];
    const id = await imports.contact({
      givenName: known.given,
      familyName: known.family,
      emails: [email(known.mail)],
      note: 'hers',
    });
    const run = await imports.import(toFile(toLine(known, 'vip', 'other note'), toLine(fresh)), { mapping });
    expect(run).toMatchObject({ state: 'completed', counts: { rows: 2, problems: 0, imported: { changed: 1, new: 1 } } });
    const contacts = (await imports.contacts()).map(({ id: each, fields }) => [each, fields]);
    expect(contacts).toEqual([
      [
        id,
        expect.objectContaining({
          note: 'hers',
          tags: ['vip'],
          phones: [expect.objectContaining({ e164: `+1512444${known.mail.slice(1, 5)}` })],
        }),
      ],
      [
        expect.any(String),
        expect.objectContaining({ givenName: fresh.given, familyName: fresh.family, emails: [email(fresh.mail)] }),
      ],
    ]);
    // Nothing of the file is left but what is in the contacts.
    expect([await imports.count('import_row'), await imports.count('import_part')]).toEqual([0, 0]);
  });

  it('leaves no trace of a row that adds nothing', async () => {
    const known = person();
    const file = toFile(toLine(known));
    await imports.import(file, { mapping });
    const before = [await imports.count('link'), await imports.count('contact'), await imports.count('contact_history')];
    const run = await imports.import(`${file}\n`, { mapping });
    expect(run.counts.imported).toEqual({ unchanged: 1 });
    expect([await imports.count('link'), await imports.count('contact'), await imports.count('contact_history')]).toEqual(before);
  });

  it('recognises a file that was imported before', async () => {
    const file = toFile(toLine(person()));
    const first = await imports.import(file, { mapping });
    const before = await imports.count('contact');
    const second = await imports.import(file, { mapping });
    expect(second).toMatchObject({ state: 'repeated', repeats_id: first.id });
    expect(await imports.count('contact')).toBe(before);
    // With another mapping it is another file.
    expect(await imports.import(file, { mapping: { ...mapping, tags: ['again'] } })).toMatchObject({ state: 'completed' });
  });

  it('makes one contact of rows that are one person', async () => {
    const [one, other] = [person(), person()];
    const file = toFile(toLine(one), toLine(other), toLine({ ...one, mail: '' }, 'vip'), toLine({ ...one, phone: '' }));
    const before = (await imports.contacts()).length;
    const run = await imports.import(file, { mapping });
    expect(run.counts.imported).toEqual({ new: 2, repeated: 2 });
    const contacts = await imports.contacts();
    expect(contacts).toHaveLength(before + 2);
    expect(contacts.find(({ fields }) => fields.emails?.[0]?.address === one.mail)?.fields.tags).toEqual(['vip']);
  });

  it('asks about a row that may be somebody known', async () => {
    const known = person();
    await imports.contact({ givenName: known.given, familyName: known.family, emails: [email(known.mail)] });
    const run = await imports.import(toFile(toLine({ ...person(), name: known.name })), { mapping });
    expect(run.counts.imported).toEqual({ asked: 1 });
  });

  it('shows in the history who imported which file', async () => {
    const fresh = person();
    const run = await imports.import(toFile(toLine(fresh)), { mapping });
    const entries = await imports.db
      .selectFrom('contact_history')
      .select(['kind', 'actor', 'cause'])
      .where('cause', 'like', `import/${run.id}/%`)
      .execute();
    expect(new Set(entries.map(({ kind, actor }) => `${kind} ${actor}`))).toEqual(new Set(['created import', 'changed import']));
  });

  it('reports rows with problems, and keeps them for a person', async () => {
    const run = await imports.import(toFile(toLine({ ...person(), mail: 'nowhere' }), ',,,,\n'), { mapping });
    expect(run.counts).toMatchObject({ rows: 2, problems: 2, imported: { new: 1, unreadable: 1 } });
    const rows = await listFilteredRows(imports.db, { importId: run.id, after: 0, limit: 10, filter: 'problem' });
    expect(rows.map(({ line, imported, problems }) => [line, imported, problems.map(({ column }) => column)])).toEqual([
      [2, 'new', ['Mail']],
      [3, 'unreadable', [null]],
    ]);
  });

  it('refuses a file that it cannot read, in a sentence', async () => {
    const run = await imports.import('Vorname\nAda\n');
    expect(run).toMatchObject({ state: 'refused', error: expect.stringContaining('Give a mapping') });
    expect(await imports.import(Buffer.from('89504e470d0a1a0a00000000', 'hex'))).toMatchObject({ state: 'refused' });
  });

  it('goes on where it was killed, and imports nobody twice', async () => {
    const lines = Array.from({ length: 30 }, () => toLine(person()));
    const id = await imports.announce(toFile(...lines), { mapping });
    const before = (await imports.contacts()).length;
    await imports.step(id);
    let failures = 7;
    const mortal = {
      ...imports.deps,
      now: () => {
        failures -= 1;
        if (failures === 0) throw new Error('killed');
        return new Date();
      },
    };
    await expect(imports.step(id, false, mortal)).rejects.toThrow('killed');
    expect(await imports.run(id)).toMatchObject({ state: 'completed' });
    expect(await imports.contacts()).toHaveLength(before + 30);
    const { counts } = await imports.find(id);
    expect(Object.values(counts.imported).reduce((sum, count) => sum + count, 0)).toBe(30);
  });

  it('leaves out a person who was erased, as its dry run says', async () => {
    const erased = person();
    const erasureSecret = createErasureSecret(imports.db, randomBytes(32));
    const erasureId = await insertErasure(imports.db, {
      ...{
        contactId: await imports.contact({}),
        mergedIds: [],
        endpointIds: [],
        reason: 'asked',
        actor: 'api-key:test',
        at: new Date(),
      },
    });
    const key = { kind: 'email', value: erased.mail } as const;
    await insertErasedKeys(imports.db, erasureId, [hashKey(await erasureSecret.get(), key)]);
    const before = await imports.contacts();
    const deps = { ...imports.deps, erasureSecret };
    const id = await imports.announce(toFile(toLine(erased), toLine(person())), { mapping, isDryRun: true });
    while (!(await imports.step(id, false, deps)).isDone);
    expect((await imports.find(id)).counts).toMatchObject({ problems: 1, checked: { unreadable: 1, new: 1 } });
    await moveImport(imports.db, id, 'importing');
    while (!(await imports.step(id, false, deps)).isDone);
    expect((await imports.find(id)).counts).toMatchObject({ problems: 1, imported: { unreadable: 1, new: 1 } });
    expect(await imports.contacts()).toHaveLength(before.length + 1);
    const [row] = await listFilteredRows(imports.db, { importId: id, after: 0, limit: 10, filter: 'problem' });
    expect(row?.problems).toEqual([{ column: null, message: expect.stringContaining('The person was erased') }]);
    const erasure = await imports.db.selectFrom('erasure').select('blocked').where('id', '=', erasureId).executeTakeFirst();
    expect(erasure?.blocked).toBe(1);
  });

  it('stops where a person cancels it', async () => {
    const id = await imports.announce(toFile(toLine(person())), { mapping });
    const before = (await imports.contacts()).length;
    await imports.step(id);
    await moveImport(imports.db, id, 'cancelled');
    expect(await imports.step(id)).toEqual({ isDone: true, push: {} });
    expect(await imports.contacts()).toHaveLength(before);
  });
});

describe('extras of accord.yaml', () => {
  it('are filled from a mapped column where a contact lacks them, and planned by a dry run', async () => {
    const [known, fresh] = [person(), person()];
    const id = await imports.contact({ emails: [email(known.mail)], givenName: known.given, familyName: known.family });
    const columns = { ...mapping.columns, Since: 'extras.member_since' };
    const file = `Name,Mail,Since\n${known.name},${known.mail},2019\n${fresh.name},${fresh.mail},\n`;
    const deps = { ...imports.deps, extras: ['member_since'] };
    const run = async (importId: string) => {
      while (!(await imports.step(importId, false, deps)).isDone);
      return importId;
    };
    const { Phone: _p, Tags: _t, Note: _n, ...own } = columns;
    const importId = await run(await imports.announce(file, { mapping: { columns: own }, isDryRun: true }));
    const [row] = await listFilteredRows(imports.db, { importId, after: 0, limit: 1, filter: 'changed' });
    expect(row).toMatchObject({ contact_id: id, changes: ['extras.member_since'] });
    await moveImport(imports.db, importId, 'importing');
    await run(importId);
    const contact = (await imports.contacts()).find((each) => each.id === id);
    expect(contact?.fields).toMatchObject({ 'extras.member_since': '2019' });
    // A second file does not replace it.
    await run(await imports.announce(file.replace('2019', '2020'), { mapping: { columns: own } }));
    expect((await imports.contacts()).find((each) => each.id === id)?.fields).toMatchObject({ 'extras.member_since': '2019' });
  });

  it('refuse a mapping to one that is gone by the time the file is read', async () => {
    const run = await imports.import('Since\n2019\n', { mapping: { columns: { Since: 'extras.member_since' } } });
    expect(run).toMatchObject({ state: 'refused', error: expect.stringContaining('accord.yaml has no “extras.member_since”') });
  });
});

describe('a dry run', () => {
  it('says what an import would do, changes nothing, and can be followed by the import', async () => {
    const [known, fresh, asked] = [person(), person(), person()];
    for (const { given, family, mail } of [known, asked])
      await imports.contact({ givenName: given, familyName: family, emails: [email(mail)] });
    const file = toFile(
      toLine(known),
      toLine({ ...known, phone: '' }),
      toLine(fresh),
      toLine({ ...fresh, phone: '' }),
      toLine({ ...person(), name: asked.name }),
      ',,,,\n',
    );
    const before = [await imports.count('link'), await imports.count('contact'), await imports.count('contact_history')];
    const run = await imports.import(file, { mapping, isDryRun: true });
    expect(run).toMatchObject({ state: 'checked', counts: { rows: 6, problems: 1 } });
    expect(run.counts.checked).toEqual({ changed: 1, unchanged: 1, new: 1, repeated: 1, asked: 1, unreadable: 1 });
    expect([await imports.count('link'), await imports.count('contact'), await imports.count('contact_history')]).toEqual(before);
    const [row] = await listFilteredRows(imports.db, { importId: run.id, after: 0, limit: 1, filter: 'changed' });
    expect(row).toMatchObject({ line: 2, changes: ['phones'] });
    // A second dry run is none of a file that was imported.
    expect(await imports.import(file, { mapping, isDryRun: true })).toMatchObject({ state: 'checked' });
    await moveImport(imports.db, run.id, 'importing');
    expect((await imports.run(run.id)).counts.imported).toEqual({
      changed: 1,
      unchanged: 1,
      new: 1,
      repeated: 1,
      asked: 1,
      unreadable: 1,
    });
  });

  it('touches the rows of a page only, also in a table that was analysed before they arrived', async () => {
    const rows = 2_000;
    const store = async (importId: string) => {
      const all = Array.from({ length: rows }, (_, at) => ({
        ...{ number: at + 1, line: at + 2, values: {}, namedId: null, problems: [], cells: null, keys: [`email/${at}@x.com`] },
      }));
      await insertRows(imports.db, importId, all);
    };
    await store(await imports.announce('x', { mapping }));
    await sql`analyze import_row, import_key`.execute(imports.db);
    const importId = await imports.announce('x', { mapping });
    await store(importId);
    const touched = await imports.db.transaction().execute(async (tx) => {
      const keys = Array.from({ length: 500 }, (_, at) => `email/${at}@x.com`);
      await listRowsByKeys(tx, { importId, keys, before: 501, perKey: 5 });
      const outcomes = keys.map((_, at) => ({ number: at + 501, outcome: 'new' as const, contactId: null, changes: [] }));
      await saveOutcomes(tx, 'checked', { importId, position: 1_000, outcomes });
      const { rows: tables } = await sql<{ count: string }>`
        select sum(seq_tup_read + idx_tup_fetch) as count from pg_stat_xact_user_tables where relname in ('import_row', 'import_key')`.execute(
        tx,
      );
      return Number(tables[0]?.count);
    });
    expect(touched).toBeLessThan(5_000);
  });

  it('asks the database as often for a page as for a row', async () => {
    const check = async (count: number) => {
      const id = await imports.announce(toFile(...Array.from({ length: count }, () => toLine(person()))), {
        mapping,
        isDryRun: true,
      });
      await imports.step(id);
      const { db, count: statements } = countStatements(imports.db);
      await imports.step(id, false, { ...imports.deps, db });
      return statements();
    };
    const one = await check(1);
    expect(await check(400)).toBe(one);
  });
});
