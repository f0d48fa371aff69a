import { type Kysely, sql } from 'kysely';

/** Files that people import: the pieces as they arrive, then one row for each person in them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table contact_import (
      id uuid primary key,
      file_name text not null,
      -- The country of phone numbers that are written without one.
      region text not null,
      -- What the columns mean; null for a file that is recognised by its header.
      mapping jsonb,
      -- Ends with the check, which changes no contact, and waits for a person to go on.
      is_dry_run boolean not null,
      actor text not null,
      state text not null default 'receiving' check (state in
        ('receiving', 'reading', 'checking', 'checked', 'importing', 'completed', 'repeated', 'refused', 'cancelled')),
      format text,
      header jsonb,
      -- SHA-256 of the bytes and the mapping.
      file_hash text,
      -- The earlier import of the same file.
      repeats_id uuid references contact_import (id),
      -- Why the file cannot be imported.
      error text,
      -- The last row that the present phase has dealt with.
      position int not null default 0,
      counts jsonb not null default '{"rows": 0, "problems": 0, "checked": {}, "imported": {}}',
      created_at timestamptz not null default now(),
      finished_at timestamptz
    );
    create index contact_import_hash on contact_import (file_hash) where file_hash is not null;

    create table import_part (
      import_id uuid not null references contact_import (id) on delete cascade,
      number int not null,
      bytes bytea not null,
      primary key (import_id, number)
    );

    create table import_row (
      import_id uuid not null references contact_import (id) on delete cascade,
      number int not null,
      line int not null,
      -- Null for a row that cannot be imported.
      values jsonb,
      -- The contact that a row of our own export names.
      named_id uuid,
      problems jsonb not null default '[]',
      -- As typed; only of rows with problems.
      cells jsonb,
      -- What an import would do with it, and to which fields.
      checked text,
      changes text[],
      imported text,
      contact_id uuid,
      received_at timestamptz not null default now(),
      primary key (import_id, number)
    );
    create index import_row_received on import_row (received_at);

    -- The emails and phone numbers of rows: one person may be in a file twice.
    create table import_key (
      import_id uuid not null references contact_import (id) on delete cascade,
      key text not null,
      number int not null,
      primary key (import_id, key, number)
    );
  `.execute(db);
}
