import { type Kysely, sql } from 'kysely';

/**
 * Evidence that was stored by the first rules names its doubts in other words than the rules of today. It gets `rules` and `reasons`,
 * as the evidence of today has them, and keeps its keys: it has no points.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    with doubt(name, rule, says) as (values
      ('name-missing', 'unnamed', 'one of them has no name'),
      ('name-differs', 'given-names-clash', 'the names differ'),
      ('suffix-differs', 'generations-differ', 'Sr. against Jr., or II against III'),
      ('honorific-differs', 'honorifics-differ', 'Mr. against Mrs.'),
      ('birthday-differs', 'birthdays-differ', 'the birthdays differ'),
      ('several-contacts', 'rival', 'another contact is about as likely'),
      ('email-differs', null, 'the email addresses differ'),
      ('shared-key', null, 'others have this email or phone number, too'),
      ('same-provider', null, 'both have a record at one provider')
    ), translated as (
      select pair.id, coalesce(json_agg(doubt.rule) filter (where doubt.rule is not null), '[]')::jsonb as rules,
        coalesce(json_agg(doubt.says) filter (where doubt.says is not null), '[]')::jsonb as reasons
      from match_candidate as pair
      left join lateral jsonb_array_elements_text(pair.evidence -> 'against') as old(name) on true
      left join doubt on doubt.name = old.name
      where not pair.evidence ? 'rules'
      group by pair.id
    )
    update match_candidate
    set evidence = evidence || jsonb_build_object('rules', translated.rules, 'reasons', translated.reasons, 'against', translated.rules)
    from translated where match_candidate.id = translated.id
  `.execute(db);
}
