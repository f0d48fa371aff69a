import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { type SealingKey, seal, unseal } from '#db/seal.ts';
import type { EndpointRow } from './tables.ts';

/** The secrets that sign deliveries. */
export interface EndpointSecrets {
  current: string;
  /** Earlier secrets that still sign, newest first. */
  previous: string[];
}

/** An earlier secret, for receivers that do not have the new one yet. It signs until `until`, ISO 8601. */
interface OldSecret {
  secret: string;
  until: string;
}

/** Each one adds two signatures to every delivery. Other senders allow as many. */
const maxOldSecrets = 10;

export type Rotated =
  /** `until`: when the last earlier secret ends; null when there is none. */
  { outcome: 'rotated'; until: Date | null } | { outcome: 'too-many' } | { outcome: 'not-found' };

/** Encrypts a secret for the row of its endpoint. */
export function sealSecret(key: SealingKey, id: string, secret: string): Buffer {
  return seal(secret, { key, boundTo: secretOf(id) });
}

/** Decrypts the secrets of an endpoint that sign at `now`. Throws when they were encrypted with another key. */
export function openSecrets(key: SealingKey, row: EndpointRow, now: Date): EndpointSecrets {
  const current = unseal(row.secret, { key, boundTo: secretOf(row.id) });
  return { current, previous: openOld(key, row, now).map(({ secret }) => secret) };
}

/**
 * Replaces the secret of an endpoint. The previous one signs as well for `overlapSeconds`. Earlier ones keep their time, so that a second
 * rotation does not break receivers that missed the first. An overlap of 0 ends them all.
 */
export async function rotateSecret(
  db: Database,
  key: SealingKey,
  { id, secret, overlapSeconds }: { id: string; secret: string; overlapSeconds: number },
): Promise<Rotated> {
  const row = await db
    .selectFrom('webhook_endpoint')
    .selectAll()
    .select(sql<Date>`clock_timestamp()`.as('now'))
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return { outcome: 'not-found' };
  const old = overlapSeconds > 0 ? findOld(key, row, overlapSeconds) : [];
  if (old.length > maxOldSecrets) return { outcome: 'too-many' };
  const until = old.length > 0 ? new Date(Math.max(...old.map((each) => Date.parse(each.until)))) : null;
  await db
    .updateTable('webhook_endpoint')
    .set({
      secret: sealSecret(key, id, secret),
      previous_secret: old.length > 0 ? seal(JSON.stringify(old), { key, boundTo: secretOf(id) }) : null,
      previous_secret_until: until,
      updated_at: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .execute();
  return { outcome: 'rotated', until };
}

/** Empty when the secrets were encrypted with another key: they cannot sign. */
function findOld(key: SealingKey, row: EndpointRow & { now: Date }, overlapSeconds: number): OldSecret[] {
  try {
    const secret = unseal(row.secret, { key, boundTo: secretOf(row.id) });
    const until = new Date(row.now.getTime() + overlapSeconds * 1_000).toISOString();
    return [{ secret, until }, ...openOld(key, row, row.now)];
  } catch {
    return [];
  }
}

function openOld(
  key: SealingKey,
  { id, previous_secret: sealed, previous_secret_until: until }: EndpointRow,
  now: Date,
): OldSecret[] {
  if (sealed === null || until === null || until <= now) return [];
  const text = unseal(sealed, { key, boundTo: secretOf(id) });
  // An earlier version kept one previous secret here, without JSON.
  const old: OldSecret[] = text.startsWith('[') ? JSON.parse(text) : [{ secret: text, until: until.toISOString() }];
  return old.filter((each) => Date.parse(each.until) > now.getTime());
}

export const secretOf = (id: string): string => `webhook-secret/${id}`;
