import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

export interface AccountHealth {
  provider: string;
  /** Since when all of its calls fail; null while they work. */
  failingSince: Date | null;
  /** Since when it refuses our credentials, or its OAuth token could not be renewed; null while they work. */
  refusedSince: Date | null;
  /** The arrival of the oldest change that was not read yet; null when all were. */
  waitingSince: Date | null;
  /** The last poll and the last full pass that ended well; null before the first. */
  lastPoll: Date | null;
  lastPass: Date | null;
}

/** The health of each account that was read once, without those that a person disconnected. */
export async function readAccountHealth(db: Database): Promise<AccountHealth[]> {
  const { rows } = await sql<AccountHealth>`
    select account.provider, connection.failing_since as "failingSince",
      coalesce(
        (select (last_error ->> 'at')::timestamptz from oauth_token
         where oauth_token.provider = account.provider order by updated_at desc limit 1),
        case when connection.last_error ->> 'type' in ('AuthenticationError', 'GrantRevoked') then connection.failing_since end
      ) as "refusedSince",
      waiting.since as "waitingSince",
      (select max(updated_at) from sync_cursor where sync_cursor.provider = account.provider) as "lastPoll",
      (select max(finished_at) from (
        select finished_at, outcome from reconcile_run
        where reconcile_run.provider = account.provider order by started_at desc limit 50
      ) as newest where outcome = 'completed') as "lastPass"
    from account left join connection on connection.provider = account.provider
    left join (select provider, min(changed_at) as since from link where changed_at is not null group by provider) as waiting
      on waiting.provider = account.provider
    where connection.revision is null or connection.revision = 0 or connection.credentials is not null
    order by account.provider`.execute(db);
  return rows;
}
