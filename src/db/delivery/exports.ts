import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { isOnDay } from './attempt-days.ts';
import { isOldPortion, type OldPortion } from './prune.ts';

/** A row as one line of JSON with the table's column names. */
export interface ExportedRow {
  id: string;
  line: string;
}

/** Rows in memory at a time. Each may hold 64 KB of a payload or a response. */
const maxRowsPerQuery = 250;

/** The attempts of a day, oldest first. */
export async function* exportAttempts(db: Database, day: string): AsyncGenerator<ExportedRow[]> {
  // A Date would lose the microseconds.
  for (let [at, id] = ['-infinity', '00000000-0000-0000-0000-000000000000']; ; ) {
    const { rows } = await sql<ExportedRow & { at: string }>`
      select id, started_at::text as at, row_to_json(attempt)::text as line from webhook_attempt attempt
      where ${isOnDay(day)} and (started_at, id) > (${at}::timestamptz, ${id}::uuid)
      order by started_at, id limit ${maxRowsPerQuery}`.execute(db);
    const last = rows.at(-1);
    if (last) yield rows;
    if (!last || rows.length < maxRowsPerQuery) return;
    ({ at, id } = last);
  }
}

/** Up to `limit` deliveries past their retention, each with its payload. */
export async function* exportDeliveries(db: Database, { cutoffs, after, limit }: OldPortion): AsyncGenerator<ExportedRow[]> {
  for (let [left, id] = [limit, after]; left > 0; ) {
    const size = Math.min(maxRowsPerQuery, left);
    const { rows } = await sql<ExportedRow>`
      select id, row_to_json(row)::text as line from (
        select delivery.*, convert_from(case when endpoint.include_previous
          then coalesce(event.body_with_previous, event.body) else event.body end, 'UTF8')::json as payload
        from (
          select * from webhook_delivery where ${isOldPortion({ cutoffs, after: id })} order by id limit ${size}
        ) as delivery
        left join outbox_event event on event.id = delivery.event_id
        left join webhook_endpoint endpoint on endpoint.id = delivery.endpoint_id
      ) as row order by id`.execute(db);
    const last = rows.at(-1);
    if (last) yield rows;
    if (!last || rows.length < size) return;
    left -= rows.length;
    id = last.id;
  }
}
