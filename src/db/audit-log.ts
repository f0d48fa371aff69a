import { randomUUIDv7 } from 'node:crypto';
import type { Database } from './database.ts';

/** Keeps that a person or program used its power: who, what, on what. */
export async function recordAudit(
  db: Database,
  entry: { actor: string; action: string; target: string; details?: object },
): Promise<void> {
  await db
    .insertInto('audit_log')
    .values({ id: randomUUIDv7(), ...entry, details: JSON.stringify(entry.details ?? {}) })
    .execute();
}
