import { type Kysely, sql } from 'kysely';

/**
 * The mode of each connected account: whether Accord may write there. An account that has records or was passed over was synced before
 * modes existed, and stays live: a dialer, for example, may have no record yet.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table account (
      provider text primary key,
      mode text not null check (mode in ('observe', 'canary', 'live', 'paused')),
      mode_since timestamptz not null default now(),
      created_at timestamptz not null default now()
    );
    insert into account (provider, mode)
      select provider, 'live' from link where state in ('intent', 'linked')
      union select provider, 'live' from reconcile_run;

    -- The contacts that a canary may write to.
    create table canary_contact (
      provider text not null references account,
      contact_id uuid not null references contact,
      primary key (provider, contact_id)
    );

    create table go_live_run (
      id uuid primary key,
      provider text not null references account,
      -- The number of contacts of a canary; null for all.
      contact_limit int,
      state text not null default 'running' check (state in ('running', 'completed', 'stopped', 'failed')),
      pushed int not null default 0,
      failed int not null default 0,
      actor text not null,
      started_at timestamptz not null default now(),
      finished_at timestamptz
    );

    alter table contact drop constraint contact_sync_status_check;
    alter table contact add constraint contact_sync_status_check check (sync_status in
      ('pending', 'waiting', 'held', 'synced', 'failed', 'excluded_customer', 'not_eligible'));
  `.execute(db);
}
