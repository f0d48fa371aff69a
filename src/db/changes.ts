import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Topics of the lists of the admin pages. */
export const changeTopics = ['contacts', 'decisions', 'deliveries', 'endpoints', 'connections', 'activity'] as const;
export type ChangeTopic = (typeof changeTopics)[number];

/** A text by topic that differs whenever something of the topic has changed. */
export type Fingerprint = Record<ChangeTopic, string>;

/**
 * Reads where each topic stands: the newest rows, by their indexes, and how many questions are open, up to a thousand. So the time does
 * not depend on how much is stored, and nothing that writes has to tell of it.
 */
export async function readFingerprint(db: Database): Promise<Fingerprint> {
  const { rows } = await sql<Fingerprint>`
    select
      concat_ws(' ', (select max(updated_at) from contact), (select id from inbox_event order by id desc limit 1),
        (select id from ingress_refusal order by id desc limit 1),
        (select count(*) from (select from link where last_error is not null limit 1000) as failing)) as contacts,
      concat_ws(' ', (select id from match_candidate order by id desc limit 1),
        (select id from form_submission order by id desc limit 1),
        (select count(*) from (select from match_candidate where state in ('open', 'later') limit 1000) as candidate),
        (select count(*) from (select from link where held <> '{}' limit 1000) as asked),
        (select count(*) from (select from form_submission where pending is not null and accepted_at is null limit 1000) as waiting)
      ) as decisions,
      concat_ws(' ', (select id from webhook_delivery order by id desc limit 1),
        (select max(started_at) from webhook_attempt),
        (select count(*) from (select from webhook_delivery where state = 'dead' limit 1000) as dead)) as deliveries,
      concat_ws(' ', (select max(updated_at) from webhook_endpoint), (select max(last_success_at) from webhook_endpoint),
        (select max(last_failure_at) from webhook_endpoint)) as endpoints,
      concat_ws(' ', (select max(failing_since) from connection), (select max(checked_at) from connection),
        (select sum(revision) from connection), (select max(mode_since) from account)) as connections,
      (select id::text from audit_log order by id desc limit 1) as activity`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('The query of the fingerprint returned no row');
  return row;
}
