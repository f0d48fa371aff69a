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

export interface AuditEntry {
  id: string;
  at: Date;
  actor: string;
  action: string;
  target: string;
  details: object;
}

/** Entries of the audit log, the newest first. `action` is a whole action or its beginning, such as `webhook`. */
export function listAudit(
  db: Database,
  {
    filter: { actor, action },
    cursor,
    limit,
  }: { filter: { actor?: string | undefined; action?: string | undefined }; cursor?: string | undefined; limit: number },
): Promise<AuditEntry[]> {
  let query = db.selectFrom('audit_log').select(['id', 'at', 'actor', 'action', 'target', 'details']);
  if (actor !== undefined) query = query.where('actor', '=', actor);
  if (action !== undefined)
    query = query.where((eb) =>
      eb.or([eb('action', '=', action), eb('action', 'like', `${action.replace(/[\\%_]/g, '\\$&')}.%`)]),
    );
  if (cursor !== undefined) query = query.where('id', '<', cursor);
  return query.orderBy('id', 'desc').limit(limit).execute();
}
