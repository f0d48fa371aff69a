import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { WebhookMetric } from './tables.ts';

/** Counts by label: an outcome of attempts, or a type of events. */
export type Totals = ReadonlyMap<string, number>;

/** Adds to the stored counts, in the order of the labels, which rules out deadlocks. */
export async function addTotals(db: Database, metric: WebhookMetric, counts: Totals): Promise<void> {
  const labels = [...counts.keys()].toSorted();
  const numbers = labels.map((label) => counts.get(label) ?? 0);
  await sql`
    insert into webhook_total as counted (metric, label, total)
    select ${metric}, label, number from unnest(${labels}::text[], ${numbers}::bigint[]) as row(label, number)
    on conflict (metric, label) do update set total = counted.total + excluded.total`.execute(db);
}

/** The counts of all workers since the database was created. */
export async function readTotals(db: Database, metric: WebhookMetric): Promise<Totals> {
  const rows = await db.selectFrom('webhook_total').select(['label', 'total']).where('metric', '=', metric).execute();
  return new Map(rows.map(({ label, total }) => [label, Number(total)]));
}
