import type { ColumnType, JSONColumnType } from 'kysely';
import type { IncidentType } from '#domain/incidents/incident.ts';
import type { Told } from '#domain/incidents/telling.ts';

/** A problem of an account, and what was told of it. One row per cause. */
export interface IncidentTable {
  cause: string;
  type: IncidentType;
  account: string;
  reason: string | null;
  records: number | null;
  says: string;
  fix: string;
  settle_minutes: number;
  since: Date;
  /** When it was first seen since it was last over. */
  seen_at: Date;
  /** Null while it lasts. */
  over_at: ColumnType<Date | null, never, Date | null>;
  told: JSONColumnType<Told, never, never>;
}
