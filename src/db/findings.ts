import { sql } from 'kysely';
import type { ListingDoubt } from '#domain/sync/listing-doubt.ts';
import type { Database } from './database.ts';

/** Counts for the findings about an installation, each by its cause. */
export interface FindingCounts {
  /** Providers whose events have arrived. */
  heard: string[];
  /** Refused webhooks of the last day. */
  refused: { route: string; code: string; count: number; reason: string }[];
  /** Providers that a running worker serves. */
  served: string[];
  candidates: number;
  conflicts: number;
  submissions: number;
  /** Deliveries without further retries. */
  dead: number;
  /** Providers whose last finished full pass failed. */
  failedPasses: string[];
  /** Last completed passes that did not trust their listing. */
  doubtful: { provider: string; doubt: ListingDoubt; missing: number; linked: number }[];
  /** Open requests to delete records. */
  deletes: number;
  /** Accounts that lost so many records within an hour that somebody is asked, though the settings would delete. */
  losing: { source: string; count: number }[];
}

/** Everything in the database that needs somebody, in one statement. */
export async function readFindingCounts(db: Database, providers: readonly string[]): Promise<FindingCounts> {
  const { rows } = await sql<FindingCounts>`
    select
      array(select wanted from unnest(${providers}::text[]) as wanted where exists (select from inbox_event where provider = wanted)) as heard,
      (select coalesce(json_agg(refused), '[]') from (
        select route, code, sum(count)::int as count, min(reason) as reason
        from ingress_refusal where refused_at > now() - interval '1 day' group by 1, 2 order by 3 desc limit 20
      ) as refused) as refused,
      array(select distinct provider from worker_lease where until > now()) as served,
      (select count(*)::int from match_candidate where state = 'open') as candidates,
      (select count(*)::int from link where held <> '{}') as conflicts,
      (select count(*)::int from form_submission where pending is not null and accepted_at is null) as submissions,
      (select count(*)::int from webhook_delivery where state = 'dead') as dead,
      array(select provider from (
        select distinct on (provider) provider, outcome from reconcile_run
        where outcome is not null order by provider, started_at desc
      ) as last where outcome = 'failed') as "failedPasses",
      (select coalesce(json_agg(doubtful), '[]') from (
        select * from (
          select distinct on (provider) provider, doubt, (counts ->> 'missing')::int as missing, (counts ->> 'linked')::int as linked
          from reconcile_run where outcome = 'completed' order by provider, started_at desc
        ) as last where doubt is not null
      ) as doubtful) as doubtful,
      (select count(*)::int from delete_request where state = 'open') as deletes,
      (select coalesce(json_agg(losing), '[]') from (
        select source, count(distinct source_link_id)::int as count from delete_request
        where state = 'open' and because = 'many' group by source
      ) as losing) as losing`.execute(db);
  const [counts] = rows;
  if (!counts) throw new Error('The query of findings returned no row');
  return counts;
}
