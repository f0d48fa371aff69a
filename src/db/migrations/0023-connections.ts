import { type Kysely, sql } from 'kysely';

/** Accounts that people connect while Accord runs, instead of by environment variables, and the authorisations that are under way. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Also of accounts that the environment connects: then without credentials.
    create table connection (
      provider text primary key,
      -- Encrypted. Null while no stored credentials connect the account.
      credentials bytea,
      -- Grows with each change of the credentials: processes compare it with the one that they run with.
      revision int not null default 0,
      method text check (method in ('oauth', 'key')),
      -- The vendor's id and name of the account. They outlive a disconnect: the links are those of this account.
      identity_id text,
      identity_name text,
      scopes text[],
      -- When the credentials end without anybody renewing them.
      expires_at timestamptz,
      connected_at timestamptz,
      connected_by text,
      -- Since when each call has failed, and why.
      failing_since timestamptz,
      last_error jsonb,
      checks jsonb,
      checked_at timestamptz
    );

    create table authorization_request (
      id uuid primary key,
      provider text not null,
      -- SHA-256 of the state parameter.
      state_hash bytea not null unique,
      -- Encrypted: the PKCE verifier and the redirect URI; then the grant of another account, until a person decides.
      secrets bytea,
      -- Only this caller may follow and finish it.
      key_id text not null,
      actor text not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      -- Set before the code is exchanged: a state works once.
      used_at timestamptz,
      state text not null default 'waiting' check (state in ('waiting', 'connected', 'denied', 'failed', 'other-account')),
      message text
    );
  `.execute(db);
}
