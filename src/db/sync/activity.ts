import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { firstIdAt } from '#db/first-id-at.ts';

export interface ActivityMinute {
  minute: Date;
  /** Webhooks and form submissions. */
  received: number;
  /** Records created or changed at vendors. */
  written: number;
  /** Attempts to deliver events to subscribers. */
  sent: number;
}

/** Counts incoming and outgoing changes of the last `minutes` minutes. Every minute has a row. */
export async function readActivity(db: Database, { minutes, now }: { minutes: number; now: Date }): Promise<ActivityMinute[]> {
  const since = new Date(now.getTime() - minutes * 60_000);
  const { rows } = await sql<ActivityMinute>`
    with span as (
      select generate_series(date_trunc('minute', ${since}::timestamptz) + interval '1 minute', ${now}::timestamptz, '1 minute') as minute
    ),
    received as (
      select date_trunc('minute', received_at) as minute, count(*)::int as number from inbox_event
      where id >= ${firstIdAt(since)}::uuid group by 1
    ),
    written as (
      select date_trunc('minute', started_at) as minute, count(*)::int as number from write_attempt
      where id >= ${firstIdAt(since)}::uuid and outcome = 'landed' group by 1
    ),
    sent as (
      select date_trunc('minute', started_at) as minute, count(*)::int as number from webhook_attempt
      where started_at >= ${since} group by 1
    )
    select span.minute, coalesce(received.number, 0) as received, coalesce(written.number, 0) as written, coalesce(sent.number, 0) as sent
    from span left join received using (minute) left join written using (minute) left join sent using (minute)
    order by span.minute`.execute(db);
  return rows;
}
