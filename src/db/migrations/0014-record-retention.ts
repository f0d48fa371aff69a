import { type Kysely, sql } from 'kysely';

/** What it takes to remove old rows: block range indexes, which cost next to nothing on rows that arrive in the order of their time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- One row stands for all refusals of its route, code and second.
    alter table ingress_refusal add column count integer not null default 1;

    alter table submission_note add foreign key (submission_id) references form_submission on delete cascade not valid;

    create index ingress_refusal_old on ingress_refusal using brin (refused_at);
    create index inbox_event_old on inbox_event using brin (received_at);
    create index form_submission_old on form_submission using brin (received_at);
    create index write_attempt_old on write_attempt using brin (started_at);
    create index contact_history_old on contact_history using brin (at);
  `.execute(db);
}
