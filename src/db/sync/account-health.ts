import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

export interface AccountHealth {
  provider: string;
  /** Since when all of its calls fail; null while they work. */
  failingSince: Date | null;
  /** The last poll and the last full pass that ended well; null before the first. */
  lastPoll: Date | null;
  lastPass: Date | null;
}

/** The health of each account that was read once, without those that a person disconnected. */
export async function readAccountHealth(db: Database): Promise<AccountHealth[]> {
  const { rows } = await sql<AccountHealth>`
    select account.provider, connection.failing_since as "failingSince",
      (select max(updated_at) from sync_cursor where sync_cursor.provider = account.provider) as "lastPoll",
      (select max(finished_at) from (
        select finished_at, outcome from reconcile_run
        where reconcile_run.provider = account.provider order by started_at desc limit 50
      ) as newest where outcome = 'completed') as "lastPass"
    from account left join connection on connection.provider = account.provider
    where connection.revision is null or connection.revision = 0 or connection.credentials is not null
    order by account.provider`.execute(db);
  return rows;
}
