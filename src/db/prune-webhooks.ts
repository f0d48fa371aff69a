import { sql } from 'kysely';
import { addAttemptDays, dropAttemptsBefore } from './attempt-days.ts';
import type { Database } from './database.ts';

/** How many days each is kept. */
export interface RetentionDays {
  attempts: number;
  payloads: number;
  dead: number;
}

export interface Pruned {
  attemptDays: number;
  deliveries: number;
  events: number;
}

/** Days of the log that are made ahead: a schedule that stands still for a while does no harm. */
const daysAhead = 8;
/** Rows in one statement: short transactions, so that nothing waits for them. */
const rowsAtOnce = 5_000;
/** Longer than anybody repeats a request. */
const idempotencyDays = 2;

/** Makes room: days of the log go as a whole, the rest in portions. Calls `onProgress` between them. */
export async function pruneWebhooks(
  db: Database,
  { retention, now, onProgress }: { retention: RetentionDays; now: Date; onProgress(): void },
): Promise<Pruned> {
  await addAttemptDays(db, { first: now, days: daysAhead });
  const attemptDays = (await dropAttemptsBefore(db, daysBefore(now, retention.attempts))).length;
  const portions = (remove: (limit: number) => Promise<number>) => inPortions(remove, onProgress);
  const [done, dead] = [daysBefore(now, retention.payloads), daysBefore(now, retention.dead)];
  const deliveries =
    (await portions((limit) => removeDone(db, done, limit))) + (await portions((limit) => removeDead(db, dead, limit)));
  const events = await portions((limit) => removeEvents(db, done, limit));
  await db.deleteFrom('idempotency_key').where('created_at', '<', daysBefore(now, idempotencyDays)).execute();
  return { attemptDays, deliveries, events };
}

async function inPortions(remove: (limit: number) => Promise<number>, onProgress: () => void): Promise<number> {
  for (let total = 0; ; ) {
    const removed = await remove(rowsAtOnce);
    total += removed;
    onProgress();
    if (removed < rowsAtOnce) return total;
  }
}

async function removeDone(db: Database, before: Date, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from webhook_delivery where id in (
      select id from webhook_delivery
      where state in ('delivered', 'cancelled', 'discarded') and created_at < ${before} limit ${limit})`.execute(db);
  return Number(numAffectedRows);
}

async function removeDead(db: Database, before: Date, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from webhook_delivery where id in (
      select id from webhook_delivery where state = 'dead' and dead_at < ${before} order by dead_at limit ${limit})`.execute(db);
  return Number(numAffectedRows);
}

/** Those that no delivery needs any more: a dead one keeps its payload, for it may be sent again. */
async function removeEvents(db: Database, before: Date, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from outbox_event where id in (
      select event.id from outbox_event event
      where event.occurred_at < ${before}
        and not exists (select from webhook_delivery delivery where delivery.event_id = event.id)
      limit ${limit})`.execute(db);
  return Number(numAffectedRows);
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * 86_400_000);
}
