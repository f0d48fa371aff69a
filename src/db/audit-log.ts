import { randomUUIDv7 } from 'node:crypto';
import type { Database } from './database.ts';

/** Appends to the audit log that an actor took an action on a target. */
export async function recordAudit(
  db: Database,
  entry: { actor: string; action: string; target: string; details?: object },
): Promise<void> {
  await db
    .insertInto('audit_log')
    .values({ id: randomUUIDv7(), ...entry, details: JSON.stringify(entry.details ?? {}) })
    .execute();
}
