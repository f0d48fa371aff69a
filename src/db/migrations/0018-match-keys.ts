import { type Kysely, sql } from 'kysely';

/**
 * The keys by which a contact is found for comparison: emails and phones, and names with places, houses and birthdays. The keys of
 * older contacts are computed by `npm run migrate` in batches, and by every save.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table match_key (
      kind text not null,
      value text not null,
      contact_id uuid not null references contact,
      primary key (kind, value, contact_id)
    );
    create index match_key_contact on match_key (contact_id);

    alter table contact
      add column has_match_keys boolean not null default false,
      -- The values that identify the person changed since the contact was last compared with others.
      add column is_review_due boolean not null default false;
    create index contact_without_match_keys on contact (id) where not has_match_keys and merged_into is null and revision > 0;
    create index contact_review_due on contact (id) where is_review_due;

    -- Counts the merges of the last hour.
    create index contact_merge_at on contact_merge (at) where actor = 'accord';
  `.execute(db);
}
