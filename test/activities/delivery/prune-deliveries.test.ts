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

/** A UUID v7 of that time. */
const idOf = (date: Date) => {
  const hex = date.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${randomUUIDv7().slice(13)}`;
};

/** A delivery that was created so many days ago. */
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

describe('retention', () => {
  it('removes old rows, and keeps the payload of a dead letter', async () => {
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

  it('can keep payloads longer than dead letters, and keeps the payload of a replay', async () => {
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
    // The payload of the dead letter, until it is 30 days old.
    expect(await count('outbox_event')).toBe(2);
  });

  it('turns deliveries that were due for the whole retention into dead letters', async () => {
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

  it('leaves expired deliveries to be redriven when their endpoint recovers', async () => {
    const late = await aged(31, due(31));
    await prune();
    await sql`update webhook_endpoint set redrive_since = ${ago(33)}, redrive_until = now()`.execute(database.db);
    const { endpoint_id: endpointId } = await deliveryOf(late);
    expect(await redriveMissed(database.db, endpointId, 10)).toBe(1);
    expect(await deliveryOf(late)).toMatchObject({ state: 'pending', dead_reason: null, note: null });
  });

  it('cancels deliveries of deleted endpoints', async () => {
    const late = await aged(0);
    await deleteEndpoint(database.db, (await deliveryOf(late)).endpoint_id);
    await database.db.updateTable('webhook_delivery').set({ state: 'pending', next_attempt_at: now, note: null }).execute();
    await prune();
    expect(await deliveryOf(late)).toMatchObject({ state: 'cancelled', note: 'its endpoint was deleted' });
  });

  it('creates partitions of attempts ahead, and drops old ones', async () => {
    await prune();
    const delivery = await deliveryOf(await aged(0));
    await recordAttempts(database.db, [attemptOf(delivery, { startedAt: now })]);
    const { rows } = await sql<{ rows: string }>`select count(*) as rows from webhook_attempt_default`.execute(database.db);
    expect(rows).toEqual([{ rows: '0' }]);
    expect((await prune({ now: ago(-32) })).attemptDays).toBeGreaterThan(0);
    expect(await count('webhook_attempt')).toBe(0);
  });

  it('removes old idempotency keys', async () => {
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

describe('with an export directory', () => {
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

  it('exports removed deliveries with their payloads, and writes no file when none is removed', async () => {
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

  it('exports attempts by day, including days without a partition', async () => {
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

  it('removes nothing that cannot be exported, and gives advice', async () => {
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

  it('still does the parts that need no file', async () => {
    const [late] = [await aged(31, due(31)), await aged(31, delivered(31))];
    await expect(pruneInto(join(directory, 'missing'))).rejects.toThrow(/cannot be written/);
    expect(await deliveryOf(late)).toMatchObject({ state: 'dead', dead_reason: 'expired' });
    expect(await idsOf()).toHaveLength(2);
  });

  it('exports a day once, even when its partition cannot be dropped yet', async () => {
    const { db } = database;
    await addAttemptDays(db, { first: ago(40), days: 1 });
    await recordAttempts(db, [attemptOf(await deliveryOf(await aged(1)), { startedAt: ago(40) })]);
    await markDayExported(db, ago(40).toISOString().slice(0, 10));
    expect(await pruneInto()).toMatchObject({ attemptDays: 1 });
    expect(readdirSync(directory)).toEqual([]);
    expect(await count('webhook_attempt')).toBe(0);
  });

  it('loses no row in a crash between export and removal: a row may be in two files', async () => {
    const first = await aged(31, delivered(31));
    const row = await deliveryOf(first);
    const event = await database.db
      .selectFrom('outbox_event')
      .selectAll()
      .where('id', '=', row.event_id)
      .executeTakeFirstOrThrow();
    await pruneInto();
    // As if it had crashed before it removed the row, with a partial file left.
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

  it('removes nothing when an export fails midway', async () => {
    await aged(31, delivered(31));
    await sql`update outbox_event set body = 'no json'`.execute(database.db);
    await expect(pruneInto()).rejects.toThrow(/invalid input syntax/);
    expect(readdirSync(directory)).toEqual([]);
    expect(await idsOf()).toHaveLength(1);
  });
});
