import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { seal, unseal } from '#db/seal.ts';
import type { LeadFilters } from '#domain/delivery/lead-event.ts';
import { type EndpointSecrets, openSecrets, sealSecret } from './endpoint-secrets.ts';
import type { DisabledReason, EndpointEventType, EndpointRow } from './tables.ts';

/** What its owner decides; in the names of the table, headers as plain text. */
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

/** An endpoint as whoever sends to it needs it. */
export type LoadedEndpoint = Omit<EndpointRow, 'secret' | 'previous_secret' | 'custom_headers'> & {
  /** Another one whenever the row has changed. */
  version: string;
  secrets: EndpointSecrets;
  custom_headers: Record<string, string>;
};

export async function createEndpoint(
  db: Database,
  key: Buffer,
  { secret, ...settings }: EndpointSettings & { secret: string },
): Promise<EndpointRow> {
  const id = randomUUIDv7();
  return db
    .insertInto('webhook_endpoint')
    .values({
      id,
      ...toColumns(key, id, settings),
      secret: sealSecret(key, id, secret),
      ...(settings.is_active ? {} : switchedOff),
    } as never)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Changes what is given; undefined where there is no such endpoint. */
export function updateEndpoint(
  db: Database,
  key: Buffer,
  id: string,
  settings: Partial<EndpointSettings>,
): Promise<EndpointRow | undefined> {
  return db
    .updateTable('webhook_endpoint')
    .set({ ...(toColumns(key, id, settings) as object), ...switched(settings), updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

/** Deliveries that waited for it are cancelled. False where there is no such endpoint. */
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

/** Without secrets and headers. Undefined where it was deleted. `isLocked` keeps it as it is for the transaction. */
export function findEndpoint(db: Database, id: string, { isLocked = false } = {}): Promise<EndpointRow | undefined> {
  return selectEndpoint(db, id)
    .$if(isLocked, (query) => query.forUpdate())
    .executeTakeFirst();
}

function selectEndpoint(db: Database, id: string) {
  return db.selectFrom('webhook_endpoint').selectAll().where('id', '=', id).where('deleted_at', 'is', null);
}

/** The newest first. `cursor` is the id of the last one of the page before. */
export function listEndpoints(
  db: Database,
  { cursor, limit, isActive }: { cursor?: string | undefined; limit: number; isActive?: boolean | undefined },
): Promise<EndpointRow[]> {
  return db
    .selectFrom('webhook_endpoint')
    .selectAll()
    .where('deleted_at', 'is', null)
    .$if(cursor !== undefined, (query) => query.where('id', '<', cursor as string))
    .$if(isActive !== undefined, (query) => query.where('is_active', '=', isActive as boolean))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** With its secrets and headers in plain text; null where it was deleted. */
export async function loadEndpoint(db: Database, key: Buffer, id: string): Promise<LoadedEndpoint | null> {
  const row = await selectEndpoint(db, id).select(sql<string>`xmin::text`.as('version')).executeTakeFirst();
  if (!row) return null;
  const { secret: _, previous_secret: __, custom_headers, ...rest } = row;
  return { ...rest, custom_headers: openHeaders(key, id, custom_headers), secrets: openSecrets(key, row, new Date()) };
}

/** Switches an endpoint off that does not answer. False when it was off, or gone, already. */
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

/** Names of the headers that its owner added; what they hold is told to nobody. Null where the key is not theirs. */
export function readHeaderNames(key: Buffer | null, { id, custom_headers: sealed }: EndpointRow): string[] | null {
  if (sealed === null) return [];
  try {
    return key && Object.keys(openHeaders(key, id, sealed));
  } catch {
    return null;
  }
}

function openHeaders(key: Buffer, id: string, sealed: Buffer | null): Record<string, string> {
  return sealed === null ? {} : JSON.parse(unseal(sealed, { key, boundTo: headersOf(id) }));
}

function toColumns(key: Buffer, id: string, { custom_headers: headers, filters, ...rest }: Partial<EndpointSettings>) {
  return {
    ...rest,
    ...(filters !== undefined && { filters: filters === null ? null : JSON.stringify(filters) }),
    ...(headers !== undefined && {
      custom_headers: headers === null ? null : seal(JSON.stringify(headers), { key, boundTo: headersOf(id) }),
    }),
  };
}

/**
 * Since when an endpoint failed that is to be switched on; null where its operator had switched it off. Not later than it was disabled,
 * whatever the clock of the worker that saw it fail.
 */
const missedSince = sql`case when disabled_reason is distinct from 'operator' then least(failing_since, disabled_at) end`;

const switchedOff = { disabled_reason: 'operator', disabled_at: sql<Date>`now()` };

/**
 * On again, an endpoint has a clean record. Where nobody had switched it off but its failures, one delivery finds out whether it is
 * back, and what it missed since then is sent again.
 */
const switchedOn = {
  ...{ disabled_reason: null, disabled_at: null, failing_since: null },
  breaker_state: sql`case when ${missedSince} is null then 'closed' else 'half-open' end`,
  ...{ breaker_until: null, breaker_trips: 0 },
  ...{ window_started_at: null, window_successes: 0, window_failures: 0 },
  redrive_since: sql`least(redrive_since, ${missedSince})`,
  redrive_until: sql`case when ${missedSince} is null then redrive_until else now() end`,
};

function switched({ is_active: isActive }: Partial<EndpointSettings>): object {
  if (isActive === undefined) return {};
  return isActive ? switchedOn : switchedOff;
}

const headersOf = (id: string): string => `webhook-headers/${id}`;
