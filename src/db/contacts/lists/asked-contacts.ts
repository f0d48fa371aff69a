import { type RawBuilder, type SqlBool, sql } from 'kysely';

// A question for a person is a possible double, a conflict that waits, or a submission that waits for proof.

/** The ids of all contacts with a question for a person, with repetitions. */
export const askedContacts: RawBuilder<unknown> = sql`
  select unnest(array[one.root, other.root]) as id
  from match_candidate as pair
  cross join lateral (select coalesce(merged_into, id) as root from contact where id = pair.contact_id) as one
  cross join lateral (select coalesce(merged_into, id) as root from contact where id = pair.other_contact_id) as other
  where pair.state in ('open', 'later') and one.root <> other.root
  union all
  select contact_id from link where held <> '{}'
  union all
  select link.contact_id from form_submission as submission
  join link on link.provider = 'webform' and link.external_id = submission.id::text
  where submission.pending is not null and submission.accepted_at is null`;

/** Part of a query of `contact`: whether a question about it waits. */
export const isAsked: RawBuilder<SqlBool> = sql<SqlBool>`(
  exists (
    select from contact as own
    join match_candidate as pair on pair.contact_id = own.id or pair.other_contact_id = own.id
    join contact as other on other.id = case own.id when pair.contact_id then pair.other_contact_id else pair.contact_id end
    where (own.id = contact.id or own.merged_into = contact.id) and pair.state in ('open', 'later')
      and coalesce(other.merged_into, other.id) <> contact.id
  )
  or exists (select from link where link.contact_id = contact.id and link.held <> '{}')
  or exists (
    select from link join form_submission as submission on submission.id = link.external_id::uuid
    where link.contact_id = contact.id and link.provider = 'webform'
      and submission.pending is not null and submission.accepted_at is null
  ))`;
