import type { Database } from '#db/database.ts';
import type { HistoryKind } from './tables.ts';

export interface HistoryEntry {
  contactId: string;
  kind: HistoryKind;
  /** A provider's id, `accord`, or `api-key:<name>`. */
  actor: string;
  provider?: string;
  field?: string;
  before?: unknown;
  after?: unknown;
  /** The value that lost a conflict. */
  losing?: unknown;
  /** The event or run that caused it. */
  cause?: string;
}

/** Appends to the history: each entry holds the old and the new value, the actor and the cause. */
export async function recordHistory(db: Database, entries: HistoryEntry[]): Promise<void> {
  if (entries.length > 0) await insertHistory(db, entries).execute();
}

/** Unexecuted `recordHistory`, for batching. `entries` must not be empty. */
export function insertHistory(db: Database, entries: readonly HistoryEntry[]) {
  return db.insertInto('contact_history').values(
    entries.map((entry) => ({
      contact_id: entry.contactId,
      kind: entry.kind,
      actor: entry.actor,
      provider: entry.provider ?? null,
      field: entry.field ?? null,
      before: toJson(entry.before),
      after: toJson(entry.after),
      losing: toJson(entry.losing),
      cause: entry.cause ?? null,
    })),
  );
}

/** The newest entries first. */
export function listHistory(db: Database, contactId: string, limit: number) {
  return db
    .selectFrom('contact_history')
    .selectAll()
    .where('contact_id', '=', contactId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** The history entry of a contact's conflict; undefined when the contact has no conflict with this id. */
export function findConflict(db: Database, { contactId, conflictId }: { contactId: string; conflictId: string }) {
  return db
    .selectFrom('contact_history')
    .selectAll()
    .where('id', '=', conflictId)
    .where('contact_id', '=', contactId)
    .where('kind', '=', 'conflict')
    .executeTakeFirst();
}

/** Encodes the value here, because pg sends a bare string as it is, which is no valid JSON. */
function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
