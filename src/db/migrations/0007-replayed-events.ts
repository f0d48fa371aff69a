import { type Kysely, sql } from 'kysely';

/** By which it is seen whether an event that is old is needed yet. Replays are few; all other deliveries are found by `webhook_delivery_once`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index webhook_delivery_replayed on webhook_delivery (event_id) where replay_of is not null`.execute(db);
}
