import { type Kysely, sql } from 'kysely';

/** Erasures of people: what is still open, the proof without personal data, and hashes that keep an erased person out. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table erasure (
      id uuid primary key,
      -- Its row stays, without a value: an id that people or programs kept leads to this erasure.
      contact_id uuid not null references contact,
      -- The contacts that had been merged into it.
      merged_ids uuid[] not null default '{}',
      -- As an operator wrote it, without personal data.
      reason text not null,
      actor text not null,
      state text not null default 'running' check (state in ('running', 'completed')),
      -- The deleted rows, by table.
      removed jsonb not null default '{}',
      -- Subscribers' endpoints that got events of the person.
      endpoint_ids uuid[] not null default '{}',
      -- Files on the worker's disk that name the contact.
      export_files text[] not null default '{}',
      requested_at timestamptz not null default now(),
      -- When its workflow was started.
      started_at timestamptz,
      completed_at timestamptz,
      -- How often a record or a submission of the person was kept out.
      blocked integer not null default 0,
      last_blocked_at timestamptz,
      -- Set when the person returned: nothing is kept out any more.
      lifted_at timestamptz,
      lifted_by text,
      lift_reason text
    );
    create index erasure_contact on erasure (contact_id);
    create index erasure_unstarted on erasure (requested_at) where state = 'running' and started_at is null;

    -- One record of the person at a vendor, and the proof of its deletion. No vendor's id, which is in the link until it is gone.
    create table erasure_record (
      erasure_id uuid not null references erasure,
      link_id uuid not null,
      provider text not null,
      state text not null default 'open' check (state in ('open', 'deleted', 'verified')),
      -- The call that deleted it, and the vendor's answer in words of Accord.
      called_at timestamptz,
      answer text check (answer in ('accepted', 'not-found', 'never-created')),
      -- The read after it: 404.
      verified_at timestamptz,
      verified_status integer,
      trace_id text,
      attempts integer not null default 0,
      -- Why it is still open, in one sentence.
      error text,
      error_at timestamptz,
      primary key (erasure_id, link_id)
    );

    -- HMAC-SHA256 of the person's emails, phone numbers and record ids.
    create table erased_key (
      hash bytea not null,
      erasure_id uuid not null references erasure,
      primary key (hash, erasure_id)
    );

    -- The key of these hashes, encrypted. It stays the same when the encryption key is rotated.
    create table erasure_secret (
      id boolean primary key default true check (id),
      secret bytea not null
    );

    -- Set while a contact is being erased, and for good afterwards: nothing is read into it or written for it.
    alter table contact add column erasure_id uuid;
  `.execute(db);
}
