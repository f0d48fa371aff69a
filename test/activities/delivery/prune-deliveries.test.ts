import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { pruneDeliveries } from '#activities/delivery/prune-deliveries.ts';
import { addAttemptDays, markDayExported } from '#db/delivery/attempt-days.ts';
import { recordAttempts } from '#db/delivery/attempts.ts';
import { redriveMissed } from '#db/delivery/auto-redrive.ts';
import { redriveDeadLetters } from '#db/delivery/dead-letters.ts';
import { deleteEndpoint, disableEndpoint } from '#db/delivery/endpoints.ts';
import type { LeadEvent } from '#domain/delivery/lead-event.ts';
import { attemptOf, newEndpoint, publish } from '#test/db/delivery/delivery-rows.ts';
import { useDatabase } from '#test/db/test-database.ts';

const database = useDatabase();
const now = new Date();
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);
const retention = { attempts: 30, payloads: 30, dead: 90 };
const prune = (options: Partial<Parameters<typeof pruneDeliveries>[1]> = {}) =>
  pruneDeliveries(database.db, { retention, exportDirectory: null, now, onProgress() {}, ...options });

beforeEach(async () => {
  await sql`truncate webhook_endpoint, webhook_delivery, outbox_event, webhook_attempt, idempotency_key`.execute(database.db);
  await newEndpoint(database.db);
});

/** An id as it was given then. */
const idOf = (date: Date) => {
  const hex = date.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${randomUUIDv7().slice(13)}`;
};

/** A delivery that was written so many days ago. */
async function aged(days: number, columns: object = {}, facts: Partial<LeadEvent> = {}): Promise<string> {
  const { db } = database;
  const [row] = await publish(db, { occurredAt: ago(days), ...facts });
  const [id, eventId] = [idOf(ago(days)), idOf(ago(days))];
  await sql`update outbox_event set id = ${eventId} where id = ${row?.event_id}`.execute(db);
  await db
    .updateTable('webhook_delivery')
    .set({ id, event_id: eventId, created_at: ago(days), ...columns } as never)
    .where('id', '=', row?.id as string)
    .execute();
  return id;
}

const settled = (state: string) => ({ state, next_attempt_at: null });
const delivered = (days: number) => ({ ...settled('delivered'), delivered_at: ago(days) });
const dead = (days: number) => ({ ...settled('dead'), dead_at: ago(days) });
const due = (days: number) => ({ next_attempt_at: ago(days) });

const idsOf = async () =>
  (await database.db.selectFrom('webhook_delivery').select('id').orderBy('id').execute()).map(({ id }) => id);
const deliveryOf = (id: string) =>
  database.db.selectFrom('webhook_delivery').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const count = async (table: 'outbox_event' | 'webhook_attempt' | 'idempotency_key') =>
  (await database.db.selectFrom(table).selectAll().execute()).length;

describe('what was sent', () => {
  it('is removed when it is too old; a dead letter keeps its payload for as long as it is there', async () => {
    await aged(31, delivered(31));
    await aged(31, settled('cancelled'));
    await aged(120, dead(91));
    const kept = [
      await aged(29, delivered(29)),
      await aged(120, dead(80)),
      await aged(60, delivered(1)), // it died, and was sent again yesterday
      await aged(60, due(1)), // it died, and was made due again yesterday
    ];
    expect(await prune()).toMatchObject({ deliveries: 3, events: 3, expired: 0 });
    expect(await idsOf()).toEqual(kept.toSorted());
    expect(await count('outbox_event')).toBe(4);
    expect(await prune()).toEqual({ attemptDays: 0, expired: 0, deliveries: 0, events: 0 });
  });

  it('may be kept for longer than dead letters, and a replay keeps the payload of what it repeats', async () => {
    const original = await aged(31, delivered(31));
    const { event_id } = await deliveryOf(original);
    const replay = await aged(2, delivered(2));
    await database.db
      .deleteFrom('outbox_event')
      .where('id', '=', (await deliveryOf(replay)).event_id)
      .execute();
    await database.db.updateTable('webhook_delivery').set({ replay_of: original, event_id }).where('id', '=', replay).execute();
    await aged(20, dead(8));
    expect(await prune({ retention: { attempts: 30, payloads: 30, dead: 7 } })).toMatchObject({ deliveries: 2, events: 0 });
    expect(await idsOf()).toEqual([replay]);
    // Of the dead letter, until it is 30 days old.
    expect(await count('outbox_event')).toBe(2);
  });

  it('does not stay for ever where nothing can be sent: what was due for as long as payloads are kept is a dead letter', async () => {
    const [endpoint] = await database.db.selectFrom('webhook_endpoint').select('id').execute();
    const late = await aged(31, due(31));
    const kept = [await aged(29, due(29)), await aged(31, due(-1))];
    await disableEndpoint(database.db, endpoint?.id as string, 'failing');
    expect(await prune()).toMatchObject({ expired: 1, deliveries: 0, events: 0 });
    expect(await deliveryOf(late)).toMatchObject({
      ...{ state: 'dead', dead_reason: 'expired', dead_at: now, next_attempt_at: null },
      note: 'it was due for 30 days and could not be sent',
    });
    for (const id of kept) expect(await deliveryOf(id)).toMatchObject({ state: 'pending' });
    await sql`update webhook_endpoint set is_active = true`.execute(database.db);
    expect(await redriveDeadLetters(database.db, { filter: {}, limit: 10 })).toMatchObject([{ id: late }]);
    expect(await deliveryOf(late)).toMatchObject({ state: 'pending', dead_reason: null, note: null });
    expect(await prune()).toMatchObject({ expired: 0, deliveries: 0 });
  });

  it('that has expired goes out with all else that an endpoint missed, once it has recovered', async () => {
    const late = await aged(31, due(31));
    await prune();
    await sql`update webhook_endpoint set redrive_since = ${ago(33)}, redrive_until = now()`.execute(database.db);
    const { endpoint_id: endpointId } = await deliveryOf(late);
    expect(await redriveMissed(database.db, endpointId, 10)).toBe(1);
    expect(await deliveryOf(late)).toMatchObject({ state: 'pending', dead_reason: null, note: null });
  });

  it('does not wait for an endpoint that was deleted', async () => {
    const late = await aged(0);
    await deleteEndpoint(database.db, (await deliveryOf(late)).endpoint_id);
    await database.db.updateTable('webhook_delivery').set({ state: 'pending', next_attempt_at: now, note: null }).execute();
    await prune();
    expect(await deliveryOf(late)).toMatchObject({ state: 'cancelled', note: 'its endpoint was deleted' });
  });

  it('has a log whose days are made ahead and dropped whole', async () => {
    await prune();
    const delivery = await deliveryOf(await aged(0));
    await recordAttempts(database.db, [attemptOf(delivery, { startedAt: now })]);
    const { rows } = await sql<{ rows: string }>`select count(*) as rows from webhook_attempt_default`.execute(database.db);
    expect(rows).toEqual([{ rows: '0' }]);
    expect((await prune({ now: ago(-32) })).attemptDays).toBeGreaterThan(0);
    expect(await count('webhook_attempt')).toBe(0);
  });

  it('takes the keys of repeated requests along', async () => {
    const key = { actor: 'someone', request_hash: Buffer.from('hash'), answer: null };
    await database.db
      .insertInto('idempotency_key')
      .values([
        { ...key, key: 'old', created_at: ago(3) },
        { ...key, key: 'new', created_at: ago(1) },
      ])
      .execute();
    await prune();
    expect(await database.db.selectFrom('idempotency_key').select('key').execute()).toEqual([{ key: 'new' }]);
  });
});

describe('with a directory for exports', () => {
  const directory = mkdtempSync(join(tmpdir(), 'accord-exports-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const linesOf = (file: string) =>
    gunzipSync(readFileSync(join(directory, file)))
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const today = now.toISOString().slice(0, 10);
  const deliveriesFile = `webhook-deliveries-${today}.ndjson.gz`;
  const pruneInto = (exportDirectory = directory) => prune({ exportDirectory });

  beforeEach(() => {
    for (const file of readdirSync(directory)) rmSync(join(directory, file));
  });

  it('keeps what it removes there, with what was sent, and writes nothing where nothing is removed', async () => {
    await sql`update webhook_endpoint set include_previous = true`.execute(database.db);
    const one = await aged(31, delivered(31), {
      toText: (id, { withPrevious }) => JSON.stringify({ z: 'Zoë', id, withPrevious }),
    });
    const two = await aged(95, dead(91));
    await aged(3, delivered(3));
    const payload = { z: 'Zoë', withPrevious: true };
    await pruneInto();
    expect(readdirSync(directory)).toEqual([deliveriesFile]);
    expect(linesOf(deliveriesFile)).toMatchObject([
      { id: two, state: 'dead', payload: {} },
      { id: one, state: 'delivered', payload },
    ]);
    expect(statSync(join(directory, deliveriesFile)).mode & 0o777).toBe(0o600);
    await pruneInto();
    expect(readdirSync(directory)).toEqual([deliveriesFile]);
  });

  it('keeps attempts by their day, also those of days that were never made', async () => {
    const delivery = await deliveryOf(await aged(1));
    const startedAts = [ago(41), ...Array.from({ length: 260 }, (_, index) => new Date(ago(40).getTime() + index)), ago(1)];
    for (const startedAt of startedAts) await recordAttempts(database.db, [attemptOf(delivery, { startedAt })]);
    await pruneInto();
    const files = readdirSync(directory).toSorted();
    const old = [...new Set(startedAts.slice(0, -1).map((date) => date.toISOString().slice(0, 10)))];
    expect(files).toEqual(old.map((day) => `webhook-attempts-${day}.ndjson.gz`));
    const lines = files.flatMap(linesOf);
    expect(lines.map(({ started_at }) => new Date(started_at as string))).toEqual(startedAts.slice(0, -1));
    expect(lines[0]).toMatchObject({ delivery_id: delivery.id, status: 500, response_body: 'no', timings: { dnsMs: 1 } });
    expect(await count('webhook_attempt')).toBe(1);
  });

  it('removes nothing that cannot be written, and says what to do', async () => {
    await aged(31, delivered(31));
    await recordAttempts(database.db, [attemptOf(await deliveryOf(await aged(1)), { startedAt: ago(40) })]);
    const missing = join(directory, 'missing');
    await expect(pruneInto(missing)).rejects.toThrow(
      `Nothing was removed, because it could not be exported: ${missing} cannot be written (ENOENT). Make it a directory with ` +
        'free space that the worker may write to, or remove webhooks.exportDirectory from accord.yaml.',
    );
    const file = join(directory, 'a-file');
    writeFileSync(file, '');
    await expect(pruneInto(file)).rejects.toThrow(/cannot be written/);
    expect(await idsOf()).toHaveLength(2);
    expect(await count('webhook_attempt')).toBe(1);
  });

  it('does all the same what needs no file', async () => {
    const [late] = [await aged(31, due(31)), await aged(31, delivered(31))];
    await expect(pruneInto(join(directory, 'missing'))).rejects.toThrow(/cannot be written/);
    expect(await deliveryOf(late)).toMatchObject({ state: 'dead', dead_reason: 'expired' });
    expect(await idsOf()).toHaveLength(2);
  });

  it('writes a day of the log once, also when it could not be dropped then: a backup may hold the log for hours', async () => {
    const { db } = database;
    await addAttemptDays(db, { first: ago(40), days: 1 });
    await recordAttempts(db, [attemptOf(await deliveryOf(await aged(1)), { startedAt: ago(40) })]);
    await markDayExported(db, ago(40).toISOString().slice(0, 10));
    expect(await pruneInto()).toMatchObject({ attemptDays: 1 });
    expect(readdirSync(directory)).toEqual([]);
    expect(await count('webhook_attempt')).toBe(0);
  });

  it('loses nothing in a crash between writing and removing: what is written twice stands in two files', async () => {
    const first = await aged(31, delivered(31));
    const row = await deliveryOf(first);
    const event = await database.db
      .selectFrom('outbox_event')
      .selectAll()
      .where('id', '=', row.event_id)
      .executeTakeFirstOrThrow();
    await pruneInto();
    // As if it had crashed before it removed the row, with another file half written.
    await database.db
      .insertInto('outbox_event')
      .values(event as never)
      .execute();
    await database.db
      .insertInto('webhook_delivery')
      .values(row as never)
      .execute();
    writeFileSync(join(directory, `.webhook-deliveries-${today}.x.part`), 'half');
    const second = await aged(31, delivered(31));
    await pruneInto();
    expect(readdirSync(directory).toSorted()).toEqual([`webhook-deliveries-${today}.2.ndjson.gz`, deliveriesFile]);
    expect(linesOf(deliveriesFile).map(({ id }) => id)).toEqual([first]);
    expect(linesOf(`webhook-deliveries-${today}.2.ndjson.gz`).map(({ id }) => id)).toEqual([first, second].toSorted());
    expect(await idsOf()).toEqual([]);
  });

  it('stops before it removes when writing breaks off', async () => {
    await aged(31, delivered(31));
    await sql`update outbox_event set body = 'no json'`.execute(database.db);
    await expect(pruneInto()).rejects.toThrow(/invalid input syntax/);
    expect(readdirSync(directory)).toEqual([]);
    expect(await idsOf()).toHaveLength(1);
  });
});
