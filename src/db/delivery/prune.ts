import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** For how many days rows are kept. */
export interface RetentionDays {
  attempts: number;
  payloads: number;
  dead: number;
}

/** Rows that ended before these times are removed. */
export interface Cutoffs {
  attempts: Date;
  payloads: Date;
  dead: Date;
}

export interface OldPortion {
  cutoffs: Cutoffs;
  /** The last id of the previous portion; `firstId` to begin. */
  after: string;
  limit: number;
}

export const firstId = '00000000-0000-0000-0000-000000000000';

/** Clients repeat a request within minutes. */
const idempotencyDays = 2;
const dayMs = 86_400_000;

/** The cutoffs of a run at `now`. */
export function cutoffsAt(now: Date, { attempts, payloads, dead }: RetentionDays): Cutoffs {
  return { attempts: daysBefore(now, attempts), payloads: daysBefore(now, payloads), dead: daysBefore(now, dead) };
}

/**
 * Turns up to `limit` deliveries that have been due since before `cutoffs.payloads` into dead letters: their endpoint is disabled or far
 * too slow. They are kept as long as other dead letters, and can be redriven. Resolves to their number.
 */
export async function expireOverdueDeliveries(
  db: Database,
  { cutoffs, now, limit }: { cutoffs: Cutoffs; now: Date; limit: number },
): Promise<number> {
  const days = Math.round((now.getTime() - cutoffs.payloads.getTime()) / dayMs);
  const { numAffectedRows = 0n } = await sql`
    with waiting as materialized (
      select id from webhook_delivery where state = 'pending' and next_attempt_at < ${cutoffs.payloads}
      limit ${limit} for update skip locked
    )
    update webhook_delivery set state = 'dead', next_attempt_at = null, dead_at = ${now}, dead_reason = 'expired',
      note = ${`it was due for ${days} days and could not be sent`}
    from waiting where webhook_delivery.id = waiting.id`.execute(db);
  return Number(numAffectedRows);
}

/** A transaction may write a delivery just after its endpoint was deleted. No drain would ever see it. */
export async function cancelForDeletedEndpoints(db: Database): Promise<void> {
  await sql`
    update webhook_delivery set state = 'cancelled', next_attempt_at = null, note = 'its endpoint was deleted'
    where state = 'pending' and endpoint_id in (select id from webhook_endpoint where deleted_at is not null)`.execute(db);
}

/** Ids of deliveries past their retention, oldest first. */
export async function listOldDeliveries(db: Database, portion: OldPortion): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from webhook_delivery where ${isOldPortion(portion)} order by id limit ${portion.limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Deletes these deliveries, except those that were redriven meanwhile. Resolves to their number. */
export async function removeDeliveries(db: Database, ids: readonly string[], cutoffs: Cutoffs): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from webhook_delivery where id = any(${ids}::uuid[]) and ${isOld(cutoffs)}`.execute(db);
  return Number(numAffectedRows);
}

/**
 * Checks the next `limit` old events and deletes those that no delivery refers to: a dead letter keeps its payload for a redrive. `last` is
 * null when there are no more. The sub-selects cost one index look-up per event; a join would read all deliveries each time.
 */
export async function removeEvents(
  db: Database,
  { cutoffs: { payloads }, after, limit }: OldPortion,
): Promise<{ removed: number; last: string | null }> {
  const { rows } = await sql<{ removed: string; last: string | null }>`
    with old as materialized (
      select id from outbox_event
      where id > ${after} and id < ${idAbove(payloads.getTime())} and occurred_at < ${payloads} order by id limit ${limit}
    ), removed as (
      delete from outbox_event using old where outbox_event.id = old.id
        and (select id from webhook_delivery where event_id = old.id and replay_of is null limit 1) is null
        and (select id from webhook_delivery where event_id = old.id and replay_of is not null limit 1) is null
      returning outbox_event.id
    )
    select (select count(*) from removed) as removed, (select id from old order by id desc limit 1) as last`.execute(db);
  return { removed: Number(rows[0]?.removed), last: rows[0]?.last ?? null };
}

/** Deletes keys that are too old for a client to repeat its request. */
export async function removeIdempotencyKeys(db: Database, now: Date): Promise<void> {
  await db.deleteFrom('idempotency_key').where('created_at', '<', daysBefore(now, idempotencyDays)).execute();
}

/** SQL condition. Bounded by the primary key, which grows with time, so that the table is not scanned. */
export function isOldPortion({ cutoffs, after }: Pick<OldPortion, 'cutoffs' | 'after'>) {
  const { payloads, dead } = cutoffs;
  return sql<boolean>`id > ${after} and id < ${idAbove(Math.max(payloads.getTime(), dead.getTime()))} and ${isOld(cutoffs)}`;
}

function isOld({ payloads, dead }: Cutoffs) {
  return sql<boolean>`((state = 'dead' and dead_at < ${dead}) or
    (state in ('delivered', 'cancelled', 'discarded') and greatest(created_at, delivered_at, dead_at) < ${payloads}))`;
}

/** A UUID v7 above all ids that were created before `ms`, with a day of tolerance for clocks that differ. */
function idAbove(ms: number): string {
  const hex = (ms + dayMs).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * dayMs);
}
