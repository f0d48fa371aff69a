import { randomUUIDv7 } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { pruneRecords } from '#activities/passes/prune-records.ts';
import { insertImport } from '#db/imports/imports.ts';
import { savePart } from '#db/imports/parts.ts';
import { insertRows } from '#db/imports/rows.ts';
import { acceptEvent } from '#db/sync/inbox.ts';
import { removeOldRecords } from '#db/sync/prune.ts';
import { arrivedEvent, useDatabase } from '#test/db/test-database.ts';

const store = useDatabase();
const now = new Date('2026-11-01T03:30:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const retention = {
  ...{ webhooks: 30, refusals: 30, submissions: 30, imports: 7, writes: 30, passes: 30 },
  ...{ deletes: 30, history: 30, audit: 30 },
};
const prune = () => pruneRecords(store.db, { retention, now, onProgress: () => {} });

/** The tags of rows that are left, which say what they are. */
async function left(table: string, column: string): Promise<string[]> {
  const { rows } = await sql<{ tag: string }>`select ${sql.ref(column)} as tag from ${sql.table(table)} order by 1`.execute(
    store.db,
  );
  return rows.map(({ tag }) => tag);
}

it('removes webhooks past their retention that were read, and empties the bodies of younger ones', async () => {
  const ages = { old: 31, young: 2, today: 0 };
  for (const [name, days] of Object.entries(ages)) {
    for (const state of ['read', 'unread']) {
      const event = arrivedEvent({ externalId: `${name}-${state}`, receivedAt: daysAgo(days), payload: `{"is":"${name}"}` });
      const { linkId } = await acceptEvent(store.db, event);
      if (state === 'read') await store.db.updateTable('link').set({ changed_at: null }).where('id', '=', linkId).execute();
    }
  }
  expect(await prune()).toMatchObject({ webhooks: 1 });
  expect(await left('inbox_event', 'external_id')).toEqual([
    'old-unread',
    'today-read',
    'today-unread',
    'young-read',
    'young-unread',
  ]);
  const emptied = await store.db.selectFrom('inbox_event').select('external_id').where('payload', '=', '').execute();
  expect(emptied).toEqual([{ external_id: 'young-read' }]);
});

it('removes finished submissions, writes and passes, and keeps those that somebody must still decide or finish', async () => {
  const { linkId } = await acceptEvent(store.db, arrivedEvent());
  const submission = (form: string, columns: object) => ({
    ...{ id: randomUUIDv7(), form, values: '{}', evidence: '{}', idempotency_key: form, received_at: daysAgo(31) },
    ...columns,
  });
  const applied = { applied_at: daysAgo(30) };
  for (const row of [
    submission('applied', applied),
    submission('decided', { ...applied, pending: '[]', accepted_at: daysAgo(30) }),
    submission('undecided', { ...applied, pending: '[]' }),
    submission('waiting', {}),
    submission('young', { ...applied, received_at: daysAgo(29) }),
  ])
    await store.db
      .insertInto('form_submission')
      .values(row as never)
      .execute();
  await sql`
    insert into submission_note (submission_id, provider, contact_id, body)
    select id, 'gohighlevel', ${randomUUIDv7()}, 'note' from form_submission`.execute(store.db);
  await sql`
    insert into write_attempt (id, link_id, operation, patch, cause, started_at, resolved_at, outcome)
    values (${randomUUIDv7()}, ${linkId}, 'update', '{}', 'finished', ${daysAgo(31)}, ${daysAgo(31)}, 'landed'),
      (${randomUUIDv7()}, ${linkId}, 'update', '{}', 'open', ${daysAgo(31)}, null, null)`.execute(store.db);
  await sql`
    insert into reconcile_run (id, provider, account_id, trigger, workflow_id, workflow_run_id, counts, started_at, finished_at, outcome)
    values (${randomUUIDv7()}, 'square', 'a', 'finished', 'w', 'r', '{}', ${daysAgo(31)}, ${daysAgo(31)}, 'completed'),
      (${randomUUIDv7()}, 'square', 'a', 'running', 'w', 'r2', '{}', ${daysAgo(31)}, null, null)`.execute(store.db);

  expect(await prune()).toMatchObject({ submissions: 2, writes: 1, passes: 1 });
  expect(await left('form_submission', 'form')).toEqual(['undecided', 'waiting', 'young']);
  expect(await left('submission_note', 'provider')).toHaveLength(3);
  expect(await left('write_attempt', 'cause')).toEqual(['open']);
  expect(await left('reconcile_run', 'trigger')).toEqual(['running']);
});

it('removes old history, but never a proof of consent, and old refusals and audit entries', async () => {
  const { contactId } = await acceptEvent(store.db, arrivedEvent());
  for (const [days, kind] of [
    [31, 'changed'],
    [31, 'consent'],
    [29, 'merged'],
  ])
    await sql`insert into contact_history (contact_id, at, kind, actor) values (${contactId}, ${daysAgo(Number(days))}, ${kind}, 'x')`.execute(
      store.db,
    );
  for (const [days, word] of [
    [31, 'old'],
    [29, 'young'],
  ]) {
    const at = daysAgo(Number(days));
    await sql`
      insert into ingress_refusal (id, route, status, code, reason, refused_at)
      values (${randomUUIDv7()}, '/', 401, ${word}, '', ${at})`.execute(store.db);
    await sql`insert into audit_log (id, at, actor, action, target) values (${randomUUIDv7()}, ${at}, 'x', ${word}, 'x')`.execute(
      store.db,
    );
  }
  expect(await prune()).toMatchObject({ history: 1, refusals: 1, audit: 1 });
  expect(await left('contact_history', 'kind')).toEqual(['consent', 'merged']);
  expect(await left('ingress_refusal', 'code')).toEqual(['young']);
  expect(await left('audit_log', 'action')).toEqual(['young']);
});

it('removes a portion at a time', async () => {
  await sql`
    insert into audit_log (id, at, actor, action, target)
    select gen_random_uuid(), ${daysAgo(40)}, 'x', 'many', 'x' from generate_series(1, 25)`.execute(store.db);
  const portion = { before: daysAgo(30), limit: 10 };
  const removed = [];
  for (let n = 0; n < 4; n += 1) removed.push(await removeOldRecords(store.db, 'audit', portion));
  expect(removed).toEqual([10, 10, 5, 0]);
});

it('and every other table of the database stands in docs/operating.md with its retention', async () => {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname not like 'kysely_%'`.execute(
    store.db,
  );
  const page = readFileSync('docs/operating.md', 'utf8');
  expect(rows.map(({ name }) => name).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

it('removes rows of imports past their retention, unless they are being imported, and pieces of files that nobody completed', async () => {
  const announce = async (fileName: string, state: 'receiving' | 'checked' | 'importing') => {
    const { id } = await insertImport(store.db, { fileName, region: 'US', mapping: null, isDryRun: false, actor: 'test' });
    await store.db
      .updateTable('contact_import')
      .set({ state, created_at: daysAgo(8) })
      .where('id', '=', id)
      .execute();
    await savePart(store.db, { importId: id, number: 1, bytes: Buffer.from('a') });
    const row = { number: 1, line: 2, values: { note: fileName }, namedId: null, problems: [], cells: null, keys: [] };
    await insertRows(store.db, id, [row]);
    return id;
  };
  for (const state of ['receiving', 'checked', 'importing'] as const) await announce(state, state);
  await store.db
    .updateTable('import_row')
    .set({ received_at: daysAgo(8) })
    .execute();
  expect(await prune()).toMatchObject({ imports: 2 });
  const rows = await store.db.selectFrom('import_row').select('values').execute();
  expect(rows).toEqual([{ values: { note: 'importing' } }]);
  const parts = await store.db
    .selectFrom('import_part')
    .innerJoin('contact_import', 'contact_import.id', 'import_part.import_id')
    .select('state')
    .orderBy('state')
    .execute();
  expect(parts).toEqual([{ state: 'checked' }, { state: 'importing' }]);
});

it('removes answers of a day ago to requests with a key, also when no further request has one', async () => {
  const answers = { old: 1.1, young: 0.9 };
  for (const [key, days] of Object.entries(answers))
    await store.db
      .insertInto('idempotency_key')
      .values({ ...{ actor: 'test', key, request_hash: Buffer.from(key), answer: null }, created_at: daysAgo(days) })
      .execute();
  await prune();
  expect(await left('idempotency_key', 'key')).toEqual(['young']);
});
