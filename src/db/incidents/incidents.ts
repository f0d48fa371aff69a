import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { Incident, IncidentType } from '#domain/incidents/incident.ts';
import type { Channel, Tellable, Told } from '#domain/incidents/telling.ts';

export interface StoredIncident extends Tellable {
  cause: string;
  type: IncidentType;
  account: string;
  reason: string | null;
  records: number | null;
  since: Date;
  says: string;
  fix: string;
}

/** What is over stays for this many days, so that what was told of it is known. */
const keptDays = 30;

/**
 * Stores the incidents of now. Those in `standing` last, too, though nobody is told of them; every other one of `accounts` is over. Other
 * accounts may be those of another worker. Those of accounts that a person disconnected are forgotten. Call it in a transaction: two calls wait for each other until it ends.
 */
export async function storeIncidents(tx: Database, { incidents, standing, accounts, now }: Found): Promise<StoredIncident[]> {
  await sql`lock table incident in share row exclusive mode`.execute(tx);
  const rows = incidents.map(({ settleMinutes, severity: _, ...incident }) => ({
    ...{ ...incident, settle_minutes: settleMinutes, seen_at: now },
  }));
  if (rows.length > 0)
    await tx
      .insertInto('incident')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('cause').doUpdateSet(({ ref }) => ({
          records: ref('excluded.records'),
          says: ref('excluded.says'),
          fix: ref('excluded.fix'),
          settle_minutes: ref('excluded.settle_minutes'),
          since: ref('excluded.since'),
          seen_at: sql<Date>`case when incident.over_at is null then incident.seen_at else excluded.seen_at end`,
          over_at: null,
        })),
      )
      .execute();
  const lasting = [...incidents.map(({ cause }) => cause), ...standing];
  await tx
    .updateTable('incident')
    .set({ over_at: now })
    .where('over_at', 'is', null)
    .where(sql<boolean>`account = any(${accounts})`)
    .where(sql<boolean>`cause <> all(${lasting})`)
    .execute();
  await sql`
    delete from incident
    where (account <> all(${accounts}) and account in (select provider from connection where revision > 0 and credentials is null))
      or over_at < ${now}::timestamptz - ${keptDays} * interval '1 day'`.execute(tx);
  return listIncidents(tx);
}

interface Found {
  incidents: readonly (Incident & { cause: string })[];
  /** Causes. */
  standing: readonly string[];
  accounts: readonly string[];
  now: Date;
}

/** All that are stored, the oldest first. */
export async function listIncidents(db: Database): Promise<StoredIncident[]> {
  const rows = await db.selectFrom('incident').selectAll().orderBy('seen_at').orderBy('cause').execute();
  return rows.map(({ settle_minutes: settleMinutes, seen_at: seenAt, over_at: overAt, ...row }) => ({
    ...{ ...row, settleMinutes, seenAt, overAt },
  }));
}

/** Stores that these states of incidents were told. */
export async function markTold(
  db: Database,
  told: readonly { cause: string; state: 'open' | 'over' }[],
  { channel, at }: { channel: Channel; at: Date },
): Promise<void> {
  for (const { cause, state } of told) {
    const change: Told = { [channel]: { state, at: at.toISOString() } };
    await sql`update incident set told = told || ${JSON.stringify(change)}::jsonb where cause = ${cause}`.execute(db);
  }
}
