import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { type SealingKey, seal, unseal } from '#db/seal.ts';
import type { LeadFilters } from '#domain/delivery/lead-event.ts';
import { type EndpointSecrets, openSecrets, sealSecret } from './endpoint-secrets.ts';
import type { BreakerState, DisabledReason, EndpointEventType, EndpointRow } from './tables.ts';

/** The settings that the API can change, by column name. Headers are plain text here and encrypted in the table. */
export interface EndpointSettings {
  url: string;
  description: string | null;
  events: EndpointEventType[];
  max_retries: number;
  timeout_seconds: number;
  retry_schedule: number[] | null;
  custom_headers: Record<string, string> | null;
  filters: LeadFilters | null;
  rate_per_second: number | null;
  ordered: boolean;
  include_previous: boolean;
  is_active: boolean;
}

/** The settings to change. */
export type EndpointChange = { [Name in keyof EndpointSettings]?: EndpointSettings[Name] | undefined };

/** An endpoint with the plain secrets and headers that sending needs. */
export type LoadedEndpoint = Omit<EndpointRow, 'secret' | 'previous_secret' | 'custom_headers'> & {
  /** Changes with every update of the row. */
  version: string;
  secrets: EndpointSecrets;
  custom_headers: Record<string, string>;
};

/** Encrypts secret and headers with `key`. */
export async function createEndpoint(
  db: Database,
  key: SealingKey,
  { secret, ...settings }: EndpointSettings & { secret: string },
): Promise<EndpointRow> {
  const id = randomUUIDv7();
  const { custom_headers, filters, ...plain } = settings;
  return db
    .insertInto('webhook_endpoint')
    .values({
      ...plain,
      ...toEncodedColumns(key, id, { custom_headers, filters }),
      ...(settings.is_active ? {} : disabled),
      id,
      secret: sealSecret(key, id, secret),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Of those that are not deleted. Until the transaction ends, nobody else counts them before they create one. */
export async function countBeforeCreate(tx: Database): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended('webhook-endpoints', 0))`.execute(tx);
  const { count } = await tx
    .selectFrom('webhook_endpoint')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Changes the given settings. Undefined when there is no such endpoint. */
export function updateEndpoint(
  db: Database,
  key: SealingKey,
  id: string,
  settings: EndpointChange,
): Promise<EndpointRow | undefined> {
  const { custom_headers: _, filters: __, ...plain } = settings;
  return db
    .updateTable('webhook_endpoint')
    .set({ ...plain, ...toEncodedColumns(key, id, settings), ...activation(settings), updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

/** Marks an endpoint as deleted and cancels its pending deliveries. False when there is no such endpoint. */
export async function deleteEndpoint(db: Database, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhook_endpoint')
    .set({ deleted_at: sql<Date>`now()`, is_active: false, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await db
    .updateTable('webhook_delivery')
    .set({ state: 'cancelled', next_attempt_at: null, note: 'its endpoint was deleted' })
    .where('endpoint_id', '=', id)
    .where('state', '=', 'pending')
    .execute();
  return true;
}

/** The row, with secrets and headers encrypted. Undefined when it was deleted. `isLocked` locks it for the transaction. */
export function findEndpoint(db: Database, id: string, { isLocked = false } = {}): Promise<EndpointRow | undefined> {
  return selectEndpoint(db, id)
    .$if(isLocked, (query) => query.forUpdate())
    .executeTakeFirst();
}

function selectEndpoint(db: Database, id: string) {
  return db.selectFrom('webhook_endpoint').selectAll().where('id', '=', id).where('deleted_at', 'is', null);
}

/** A page of endpoints, newest first. `cursor`: the last id of the previous page. */
export function listEndpoints(
  db: Database,
  { cursor, limit, isActive }: { cursor?: string | undefined; limit: number; isActive?: boolean | undefined },
): Promise<EndpointRow[]> {
  let page = db.selectFrom('webhook_endpoint').selectAll().where('deleted_at', 'is', null).orderBy('id', 'desc').limit(limit);
  if (cursor !== undefined) page = page.where('id', '<', cursor);
  if (isActive !== undefined) page = page.where('is_active', '=', isActive);
  return page.execute();
}

/** Null when the endpoint was deleted. Throws when it was encrypted with another key. */
export async function loadEndpoint(db: Database, key: SealingKey, id: string): Promise<LoadedEndpoint | null> {
  const row = await selectEndpoint(db, id).select(sql<string>`xmin::text`.as('version')).executeTakeFirst();
  if (!row) return null;
  const { secret: _, previous_secret: __, custom_headers, ...rest } = row;
  return { ...rest, custom_headers: openHeaders(key, id, custom_headers), secrets: openSecrets(key, row, new Date()) };
}

/** Disables an active endpoint. False when it is disabled or deleted already. */
export async function disableEndpoint(db: Database, id: string, reason: DisabledReason): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhook_endpoint')
    .set({ is_active: false, disabled_reason: reason, disabled_at: sql<Date>`now()`, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('is_active', '=', true)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The names of the custom headers, without their secret values. Null when they cannot be decrypted with `key`. */
export function readHeaderNames(key: SealingKey | null, { id, custom_headers: sealed }: EndpointRow): string[] | null {
  if (sealed === null) return [];
  try {
    return key && Object.keys(openHeaders(key, id, sealed));
  } catch {
    return null;
  }
}

function openHeaders(key: SealingKey, id: string, sealed: Buffer | null): Record<string, string> {
  return sealed === null ? {} : JSON.parse(unseal(sealed, { key, boundTo: headersOf(id) }));
}

/** The settings whose columns hold another type: JSON, or encrypted. */
function toEncodedColumns(key: SealingKey, id: string, { custom_headers: headers, filters }: EndpointChange) {
  return {
    ...(filters !== undefined && { filters: filters === null ? null : JSON.stringify(filters) }),
    ...(headers !== undefined && {
      custom_headers: headers === null ? null : seal(JSON.stringify(headers), { key, boundTo: headersOf(id) }),
    }),
  };
}

/**
 * The start of the outage of an endpoint that is being enabled; null when an operator had disabled it. Never later than the disabling,
 * whatever the clock of the worker that saw it fail.
 */
const missedSince = sql<Date | null>`case when disabled_reason is distinct from 'operator' then least(failing_since, disabled_at) end`;

const disabled = { disabled_reason: 'operator' as const, disabled_at: sql<Date>`now()` };

/**
 * An enabled endpoint starts with a clean record. If failures had disabled it, one delivery tests whether it is back, and the deliveries
 * that it missed are redriven.
 */
const enabled = {
  ...{ disabled_reason: null, disabled_at: null, failing_since: null },
  breaker_state: sql<BreakerState>`case when ${missedSince} is null then 'closed' else 'half-open' end`,
  ...{ breaker_until: null, breaker_trips: 0 },
  ...{ window_started_at: null, window_successes: 0, window_failures: 0 },
  redrive_since: sql<Date | null>`least(redrive_since, ${missedSince})`,
  redrive_until: sql<Date | null>`case when ${missedSince} is null then redrive_until else now() end`,
};

function activation({ is_active: isActive }: EndpointChange) {
  if (isActive === undefined) return {};
  return isActive ? enabled : disabled;
}

export const headersOf = (id: string): string => `webhook-headers/${id}`;
