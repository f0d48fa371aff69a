import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** For how many days rows are kept. */
export interface RecordRetentionDays {
  webhooks: number;
  refusals: number;
  submissions: number;
  imports: number;
  writes: number;
  passes: number;
  deletes: number;
  history: number;
  audit: number;
}

export type RecordKind = keyof RecordRetentionDays;

/** A table whose rows end some time after `since`. */
interface AgingTable {
  table: string;
  /** The column with the time of a row. */
  since: string;
  /** Only these rows end. */
  condition: RawBuilder<unknown>;
}

/** Rows that are still needed do not end: unread events, undecided submissions, open writes, proofs of consent. */
const agingTables: Record<RecordKind, AgingTable> = {
  webhooks: {
    table: 'inbox_event',
    since: 'received_at',
    condition: sql`not exists (select from link where link.id = row.link_id and link.changed_at is not null)`,
  },
  refusals: { table: 'ingress_refusal', since: 'refused_at', condition: sql`true` },
  submissions: {
    table: 'form_submission',
    since: 'received_at',
    condition: sql`applied_at is not null and (pending is null or accepted_at is not null)`,
  },
  imports: {
    table: 'import_row',
    since: 'received_at',
    condition: sql`not exists (
      select from contact_import where id = row.import_id and state in ('reading', 'checking', 'importing')
    )`,
  },
  writes: { table: 'write_attempt', since: 'started_at', condition: sql`resolved_at is not null` },
  passes: { table: 'reconcile_run', since: 'started_at', condition: sql`finished_at is not null` },
  deletes: {
    table: 'delete_request',
    since: 'ended_at',
    // Somebody who comes back leaves the archive.
    condition: sql`state <> 'archived'`,
  },
  history: { table: 'contact_history', since: 'at', condition: sql`kind <> 'consent'` },
  audit: { table: 'audit_log', since: 'at', condition: sql`true` },
};

export const recordKinds = Object.keys(agingTables) as RecordKind[];

/** Deletes up to `limit` rows from before a time. Resolves to their number. */
export async function removeOldRecords(
  db: Database,
  kind: RecordKind,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const { table, since, condition } = agingTables[kind];
  const { numAffectedRows = 0n } = await sql`
    delete from ${sql.table(table)} where ctid = any (array(
      select ctid from ${sql.table(table)} as row where ${sql.ref(since)} < ${before} and ${condition} limit ${limit}
    ))`.execute(db);
  return Number(numAffectedRows);
}

/** Empties the bodies of up to `limit` webhooks from before a time whose record was read since. Resolves to their number. */
export async function dropReadBodies(db: Database, { before, limit }: { before: Date; limit: number }): Promise<number> {
  const { condition } = agingTables.webhooks;
  const { numAffectedRows = 0n } = await sql`
    update inbox_event set payload = '', headers = '{}' where ctid = any (array(
      select ctid from inbox_event as row where payload <> '' and received_at < ${before} and ${condition} limit ${limit}
    ))`.execute(db);
  return Number(numAffectedRows);
}
