import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { listLastRuns } from '#db/sync/reconcile-runs.ts';
import type { AccountFacts, FailingRecords, IncidentFacts } from '#domain/incidents/find-incidents.ts';

/** A connected account. */
export interface WatchedAccount {
  id: string;
  isPolled: boolean;
  hasWebhooks: boolean;
  /** The id under which its OAuth tokens are stored; null where there are none. */
  oauthAccountId: string | null;
}

/** Failing records with an example of their messages, which may quote a value of a record. */
export interface Failing extends FailingRecords {
  example: string;
}

/** What is stored about the health of accounts. `silentHours`: for how long no webhook of an account may arrive. */
export async function readIncidentFacts(
  db: Database,
  accounts: readonly WatchedAccount[],
  { silentHours, now }: { silentHours: number; now: Date },
): Promise<Omit<IncidentFacts, 'failing'> & { failing: Failing[] }> {
  const [failing, states, silent, runs] = await Promise.all([
    listFailing(db, accounts),
    readStates(db, accounts),
    listSilent(db, accounts, new Date(now.getTime() - silentHours * 3_600_000)),
    listLastRuns(db),
  ]);
  return {
    failing,
    accounts: accounts.map(({ id, isPolled }) => {
      const state = states.find(({ account }) => account === id);
      const run = runs.find(({ provider }) => provider === id);
      return {
        account: id,
        failure: state?.failure ? { ...state.failure, since: state.failingSince ?? new Date(state.failure.at) } : null,
        grant: state?.grant ? { ...state.grant, since: new Date(state.grant.at) } : null,
        lastPoll: isPolled ? (state?.lastPoll ?? null) : null,
        hasFallenSilent: silent.includes(id),
        lastPass: run
          ? { counts: run.counts, remainingNow: run.remaining_now, endedAt: run.finished_at ?? run.started_at }
          : null,
      } satisfies AccountFacts;
    }),
  };
}

async function listFailing(db: Database, accounts: readonly WatchedAccount[]): Promise<Failing[]> {
  const { rows } = await sql<Failing>`
    select provider as account, last_error ->> 'type' as type, count(*)::int as records,
      bool_or((last_error ->> 'permanent')::boolean) as permanent, min((last_error ->> 'at')::timestamptz) as since,
      min(last_error ->> 'message') as example
    from link where last_error is not null and state in ('intent', 'linked') and provider = any(${accounts.map(({ id }) => id)})
    group by 1, 2 order by 3 desc limit 50`.execute(db);
  return rows;
}

interface StoredError {
  type: string;
  message: string;
  at: string;
}

interface AccountState {
  account: string;
  failingSince: Date | null;
  failure: StoredError | null;
  grant: StoredError | null;
  lastPoll: Date | null;
}

async function readStates(db: Database, accounts: readonly WatchedAccount[]): Promise<AccountState[]> {
  const wanted = JSON.stringify(accounts.map(({ id, oauthAccountId }) => ({ id, oauthAccountId })));
  const { rows } = await sql<AccountState>`
    select wanted.id as account, connection.failing_since as "failingSince", connection.last_error as failure,
      oauth_token.last_error as grant,
      (select max(updated_at) from sync_cursor where sync_cursor.provider = wanted.id) as "lastPoll"
    from jsonb_to_recordset(${wanted}::jsonb) as wanted(id text, "oauthAccountId" text)
    left join connection on connection.provider = wanted.id
    left join oauth_token on oauth_token.provider = wanted.id and oauth_token.account_id = wanted."oauthAccountId"`.execute(db);
  return rows;
}

/** Accounts whose webhooks came before `since`, and none came after. Ids are UUIDv7, so that the index on them finds the newest ones. */
async function listSilent(db: Database, accounts: readonly WatchedAccount[], since: Date): Promise<string[]> {
  const ids = accounts.filter(({ hasWebhooks }) => hasWebhooks).map(({ id }) => id);
  const { rows } = await sql<{ id: string }>`
    select id from unnest(${ids}::text[]) as wanted(id)
    where exists (select from inbox_event where provider = wanted.id)
      and not exists (select from inbox_event as event where event.id >= ${firstIdAt(since)}::uuid and provider = wanted.id)`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** The lowest UUIDv7 of a millisecond. */
function firstIdAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
