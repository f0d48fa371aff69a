import { type Kysely, sql } from 'kysely';

/** Which attempt of which drain serves an endpoint, so that it can be handed on when its worker has died. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table webhook_serving add column task_token bytea not null default ''`.execute(db);
}
