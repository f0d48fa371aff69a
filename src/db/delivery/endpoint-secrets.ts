import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { seal, unseal } from '#db/seal.ts';
import type { EndpointRow } from './tables.ts';

/** What deliveries are signed with. */
export interface EndpointSecrets {
  current: string;
  /** Those before it that still hold, the newest first. */
  previous: string[];
}

/** A receiver may not have come to a newer one yet. `until` is ISO 8601. */
interface OldSecret {
  secret: string;
  until: string;
}

/** As many as other senders grant; each of them makes two signatures. */
const oldSecretsAtMost = 10;

export type Rotated =
  /** `until` is when the last of the old ones ends; null when none holds. */
  { outcome: 'rotated'; until: Date | null } | { outcome: 'too-many' } | { outcome: 'not-found' };

export function sealSecret(key: Buffer, id: string, secret: string): Buffer {
  return seal(secret, { key, boundTo: secretOf(id) });
}

export function openSecrets(key: Buffer, row: EndpointRow, now: Date): EndpointSecrets {
  const current = unseal(row.secret, { key, boundTo: secretOf(row.id) });
  return { current, previous: openOld(key, row, now).map(({ secret }) => secret) };
}

/**
 * Sign with the new one from now on, and with the one before it until `overlapSeconds` have passed. Those before that one keep their
 * time: a second rotation must not cut off who has not seen the first. An overlap of 0 ends them all.
 */
export async function rotateSecret(
  db: Database,
  key: Buffer,
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
  if (old.length > oldSecretsAtMost) return { outcome: 'too-many' };
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

/** None where they were sealed with another key: nothing can be signed with them then. */
function findOld(key: Buffer, row: EndpointRow & { now: Date }, overlapSeconds: number): OldSecret[] {
  try {
    const secret = unseal(row.secret, { key, boundTo: secretOf(row.id) });
    const until = new Date(row.now.getTime() + overlapSeconds * 1_000).toISOString();
    return [{ secret, until }, ...openOld(key, row, row.now)];
  } catch {
    return [];
  }
}

function openOld(
  key: Buffer,
  { id, previous_secret: sealed, previous_secret_until: until }: EndpointRow,
  now: Date,
): OldSecret[] {
  if (sealed === null || until === null || until <= now) return [];
  const text = unseal(sealed, { key, boundTo: secretOf(id) });
  // Before there could be several, the one stood here by itself.
  const old: OldSecret[] = text.startsWith('[') ? JSON.parse(text) : [{ secret: text, until: until.toISOString() }];
  return old.filter((each) => Date.parse(each.until) > now.getTime());
}

const secretOf = (id: string): string => `webhook-secret/${id}`;
