import { type Kysely, sql } from 'kysely';

/**
 * Indexes for the filters of the admin pages' lists. A filter that few rows match would read the whole table, the newest rows first. Those
 * of deliveries are partial: what is delivered at the first try is in none of them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index webhook_delivery_rare_state on webhook_delivery (state, id) where state in ('dead', 'cancelled', 'discarded');
    create index webhook_delivery_rare_event on webhook_delivery (event_type, id)
      where event_type <> 'new_lead' and event_type <> 'lead_update';
    create index webhook_delivery_error on webhook_delivery (last_error_class, id) where last_error_class is not null;
    create index webhook_delivery_bad_status on webhook_delivery (last_status) where last_status >= 300;
    create index match_candidate_state on match_candidate (state, id);
    create index audit_log_actor on audit_log (actor, id);
    create index audit_log_action on audit_log (action text_pattern_ops, id);
  `.execute(db);
}
