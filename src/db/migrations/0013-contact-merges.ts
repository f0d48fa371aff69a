import { type Kysely, sql } from 'kysely';

/** Everything that it takes to undo a merge; the record behind a history entry; candidates that a person puts off. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table contact_merge (
      id uuid primary key,
      survivor_id uuid not null references contact,
      -- Null for a record that had no contact of its own.
      other_id uuid references contact,
      -- Both contacts just before the merge, and the survivor just after it.
      survivor_before jsonb not null,
      other_before jsonb not null,
      survivor_after jsonb not null,
      -- The links of the other side, as they were before.
      links jsonb not null,
      -- Contacts that had been merged into the other one before.
      absorbed uuid[] not null default '{}',
      why text not null,
      evidence jsonb,
      actor text not null,
      cause text,
      -- The survivor's last history entry of the merge: every later one is an edit.
      last_history_id bigint not null,
      at timestamptz not null default now(),
      undone_at timestamptz,
      undone_by text
    );
    create index contact_merge_survivor on contact_merge (survivor_id);
    create index contact_merge_other on contact_merge (other_id) where other_id is not null;

    alter table contact_history
      -- The record that an entry is about.
      add column link_id uuid;

    alter table contact_history drop constraint contact_history_kind_check;
    -- Not valid: every row meets the narrower constraint before, and a long table is not read while it is locked.
    alter table contact_history add constraint contact_history_kind_check check (kind in
      ('created', 'changed', 'conflict', 'resolved', 'pushed', 'tombstoned', 'restored', 'merged', 'split', 'consent',
       'marked_customer', 'unmarked_customer')) not valid;

    alter table match_candidate drop constraint match_candidate_state_check;
    alter table match_candidate add constraint match_candidate_state_check check (state in ('open', 'later', 'same', 'different'))
      not valid;
    create index match_candidate_other on match_candidate (other_contact_id);
  `.execute(db);
}
