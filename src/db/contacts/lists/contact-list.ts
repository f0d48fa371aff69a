import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { SearchTerm } from '#domain/search/search-terms.ts';
import type { SyncStatus } from '#domain/sync/plan.ts';
import { askedContacts, isAsked } from './asked-contacts.ts';

/** States that a contact may be in beside its sync status. A deleted contact has no sync status. */
export const specialStates = ['deleted', 'asked', 'parked'] as const;
export type SpecialState = (typeof specialStates)[number];

export interface ContactFilter {
  /** All of them must match the search text of a contact. */
  terms?: readonly SearchTerm[] | undefined;
  /** Contacts that match whatever the terms are: those with a record of the id that was searched for. */
  orIds?: readonly string[] | undefined;
  state?: SyncStatus | SpecialState | undefined;
  /** A provider with a record of the contact. */
  provider?: string | undefined;
  /** ISO 8601. */
  updatedSince?: string | undefined;
}

export interface ListRequest {
  filter: ContactFilter;
  /** The last id of the previous page: only older contacts follow. */
  cursor?: string | undefined;
  limit: number;
}

/** How many of the newest contacts are looked at one by one, before the rest is found by an index. */
const windows = [500, 10_000];
/** A condition that fewer contacts meet is the best one to begin with. */
const fewContacts = 5_000;

/**
 * Ids of the contacts that a filter selects, the newest first, without merged ones. A broad filter reads the newest contacts, and a
 * narrow one uses the index of the condition that the fewest match, so that the time is the same in a large store and a small one.
 */
export async function listContactPage(db: Database, { filter, cursor, limit }: ListRequest): Promise<string[]> {
  const ids: string[] = [];
  let last = cursor;
  for (const size of isSpecial(filter.state) ? [] : windows) {
    const newest = await listNewest(db, { filter, cursor: last, limit: limit - ids.length, size });
    ids.push(...newest.ids);
    if (ids.length === limit || newest.scanned < size) return ids;
    last = newest.last ?? undefined;
  }
  return [...ids, ...(await listByIndex(db, { filter, cursor: last, limit: limit - ids.length }))];
}

interface Newest {
  ids: string[];
  scanned: number;
  last: string | null;
}

async function listNewest(db: Database, { filter, cursor, limit, size }: ListRequest & { size: number }): Promise<Newest> {
  const terms = filter.terms ?? [];
  const walk = terms.length > 0 ? walkTexts(filter, cursor, size) : walkContacts(cursor, size);
  const { rows } = await sql<Newest>`
    with newest as materialized (${walk.newest}), candidate as (${walk.candidates})
    select
      array(${selectMatching(sql`candidate`, { ...filter, terms: [] })} order by contact.id desc limit ${limit}) as ids,
      (select count(*)::int from newest) as scanned,
      (select id from newest order by id limit 1) as last`.execute(db);
  return rows[0] ?? { ids: [], scanned: 0, last: null };
}

interface Walk {
  newest: RawBuilder<unknown>;
  /** Contacts among the newest, with the columns that conditions need. */
  candidates: RawBuilder<unknown>;
}

function walkContacts(cursor: string | undefined, size: number): Walk {
  return {
    newest: sql`
      select id, sync_status, deleted_at, updated_at from contact
      where merged_into is null and erasure_id is null and ${before(cursor)} order by id desc limit ${size}`,
    candidates: sql`select * from newest`,
  };
}

/** Without a look at the contacts whose text does not match. One that is searched for by its id may have no text yet. */
function walkTexts({ terms = [], orIds = [] }: ContactFilter, cursor: string | undefined, size: number): Walk {
  return {
    newest: sql`
      select id, text from (select contact_id as id, text from contact_search) as search
      where ${before(cursor)} order by id desc limit ${size}`,
    candidates: sql`
      select contact.id, sync_status, deleted_at, updated_at
      from (
        select id from newest as search where ${matchTerms(terms)}
        union select id from unnest(${orIds}::uuid[]) as id where ${before(cursor)}
          and ((select count(*) from newest) < ${size} or id >= (select id from newest order by id limit 1))
      ) as hit
      join contact on contact.id = hit.id
      where contact.merged_into is null and contact.erasure_id is null`,
  };
}

/** In the order of the ids, so that only as many contacts are read as the page needs. */
async function listByIndex(db: Database, { filter, cursor, limit }: ListRequest): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with hit as materialized (${await chooseSource(db, filter)})
    select found.id
    from (select distinct id from hit where ${before(cursor)} order by id desc) as hit
    cross join lateral (
      ${selectMatching(sql`contact`, filter)} and contact.id = hit.id and contact.merged_into is null
        and contact.erasure_id is null offset 0
    ) as found
    order by hit.id desc limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * Rows of `contact`, or of a part of it, that meet every condition. The text is read contact by contact (`offset 0`): its index would find
 * all contacts of the store.
 */
function selectMatching(table: RawBuilder<unknown>, filter: ContactFilter): RawBuilder<unknown> {
  const { state, provider, updatedSince } = filter;
  const text = matchesText(filter);
  const conditions = [
    ...(text === null ? [] : [text]),
    ...(state === undefined ? [] : [isInState(state)]),
    ...(provider === undefined
      ? []
      : [sql<SqlBool>`exists (select from link where contact_id = contact.id and ${isRecordAt(provider)})`]),
    ...(updatedSince === undefined ? [] : [sql<SqlBool>`contact.updated_at >= ${updatedSince}`]),
  ];
  const search =
    text === null
      ? sql``
      : sql`left join lateral (select text from contact_search where contact_id = contact.id offset 0) as search on true`;
  return sql`select contact.id from ${table} as contact ${search} where ${sql.join([sql`true`, ...conditions], sql` and `)}`;
}

/** Null when nothing is searched for. */
function matchesText({ terms = [], orIds = [] }: ContactFilter): RawBuilder<SqlBool> | null {
  if (terms.length === 0) return null;
  const matches = matchTerms(terms);
  return orIds.length === 0 ? matches : sql<SqlBool>`(contact.id = any(${orIds}::uuid[]) or ${matches})`;
}

function matchTerms(terms: readonly SearchTerm[]): RawBuilder<SqlBool> {
  const toCondition = (patterns: SearchTerm) =>
    sql`(${sql.join(
      patterns.map((pattern) => sql`search.text like ${pattern}`),
      sql` or `,
    )})`;
  return sql<SqlBool>`(${sql.join(terms.map(toCondition), sql` and `)})`;
}

function isInState(state: SyncStatus | SpecialState): RawBuilder<SqlBool> {
  switch (state) {
    case 'deleted':
      return sql<SqlBool>`contact.deleted_at is not null`;
    case 'asked':
      return isAsked;
    case 'parked':
      return sql<SqlBool>`exists (select from link where contact_id = contact.id and last_error is not null)`;
    default:
      return sql<SqlBool>`contact.deleted_at is null and contact.sync_status = ${state}`;
  }
}

const isRecordAt = (provider: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`provider = ${provider} and state in ('intent', 'linked')`;

const specialSources: Record<SpecialState, RawBuilder<unknown>> = {
  deleted: sql`select id from contact where deleted_at is not null and erasure_id is null`,
  asked: askedContacts,
  parked: sql`select contact_id as id from link where last_error is not null`,
};

/** The contacts of the condition that the fewest meet, or of the text. */
async function chooseSource(db: Database, filter: ContactFilter): Promise<RawBuilder<unknown>> {
  const { terms = [], orIds = [], state, provider, updatedSince } = filter;
  if (isSpecial(state)) return specialSources[state];
  const sources = [
    ...(updatedSince === undefined ? [] : [sql`select id from contact where updated_at >= ${updatedSince}`]),
    ...(state === undefined ? [] : [sql`select id from contact where sync_status = ${state}`]),
    ...(provider === undefined ? [] : [sql`select contact_id as id from link where ${isRecordAt(provider)}`]),
  ];
  for (const source of sources) if (await isSmall(db, source)) return source;
  if (terms.length === 0) return sources[0] ?? sql`select id from contact`;
  return sql`
    select contact_id as id from contact_search as search where ${matchTerms(terms)}
    union all select unnest(${orIds}::uuid[])`;
}

async function isSmall(db: Database, source: RawBuilder<unknown>): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select from (${source}) as source limit ${fewContacts + 1}) as few`.execute(db);
  return (rows[0]?.count ?? 0) <= fewContacts;
}

const before = (cursor: string | undefined): RawBuilder<SqlBool> =>
  cursor === undefined ? sql<SqlBool>`true` : sql<SqlBool>`id < ${cursor}`;

function isSpecial(state: string | undefined): state is SpecialState {
  return specialStates.some((each) => each === state);
}

/** The contacts of records with this id, at whatever provider: the index of record ids begins with provider and account. */
export async function findContactIdsByRecordId(db: Database, externalId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive account as (
      (select provider, account_id from link order by provider, account_id limit 1)
      union all
      select next.provider, next.account_id from account cross join lateral (
        select provider, account_id from link
        where (provider, account_id) > (account.provider, account.account_id) order by provider, account_id limit 1
      ) as next
    )
    select distinct coalesce(contact.merged_into, contact.id) as id
    from account
    join link on link.provider = account.provider and link.account_id = account.account_id and link.external_id = ${externalId}
    join contact on contact.id = link.contact_id`.execute(db);
  return rows.map(({ id }) => id);
}
