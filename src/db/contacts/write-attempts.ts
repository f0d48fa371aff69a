import { randomUUIDv7 } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { ProviderValues, RecordPatch } from '#domain/contact.ts';
import type { ReachKeys } from '#domain/refusal.ts';
import { isRefused } from './refused-keys.ts';

export interface NewUpdate {
  linkId: string;
  patch: RecordPatch;
  /** The values of the patched fields before the update, for an undo. */
  before: ProviderValues;
  baseVersion: string | null;
  cause: string;
  /** The account of the go-live that the update belongs to; null for an update that takes one back. */
  goLiveOf: string | null;
}

/** Records an update before it is sent, and returns the id of the attempt. An unresolved attempt may have landed. */
export async function openUpdateAttempt(db: Database, update: NewUpdate, startedAt: Date): Promise<string> {
  const id = randomUUIDv7();
  await db
    .insertInto('write_attempt')
    .values({
      id,
      link_id: update.linkId,
      operation: 'update',
      patch: JSON.stringify(update.patch),
      before: JSON.stringify(update.before),
      base_version: update.baseVersion,
      cause: update.cause,
      started_at: startedAt,
      run_id: update.goLiveOf === null ? null : newestRun(sql`${update.goLiveOf}`),
    })
    .execute();
  return id;
}

/** The newest go-live of an account: every later write belongs to it, whichever workflow makes it. */
function newestRun(provider: RawBuilder<unknown>): RawBuilder<string | null> {
  return sql`(select id from go_live_run where go_live_run.provider = ${provider} order by id desc limit 1)`;
}

/**
 * Records a create before it is sent, and stores the payload of its intent unless that is null. Returns null when the intent has
 * ended or its contact has got a record, when the account is not written to any more, and when somebody refused one of the keys.
 * The lock on the link keeps it so until the attempt is stored.
 */
export async function openAttemptOfIntent(
  db: Database,
  attempt: { linkId: string; patch: RecordPatch; baseVersion: string | null; cause: string },
  {
    payload,
    startedAt,
    unlessRefused = null,
  }: { payload: ProviderValues | null; startedAt: Date; unlessRefused?: ReachKeys | null },
): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    with intent as (
      update link set intent_payload = coalesce(${payload === null ? null : JSON.stringify(payload)}::jsonb, intent_payload)
      where id = ${attempt.linkId} and state = 'intent'
        and exists (select from account where account.provider = link.provider and mode in ('live', 'canary'))
        and not exists (select from contact where contact.id = link.contact_id and contact.erasure_id is not null)
        and not exists (
          select from link as record where record.contact_id = link.contact_id and record.provider = link.provider
            and record.account_id = link.account_id and record.state = 'linked'
        )
        ${unlessRefused === null ? sql`` : sql`and not ${isRefused(unlessRefused)}`}
      returning id, provider
    )
    insert into write_attempt (id, link_id, operation, patch, base_version, cause, started_at, run_id)
    select ${randomUUIDv7()}, id, 'create', ${JSON.stringify(attempt.patch)}, ${attempt.baseVersion}, ${attempt.cause}, ${startedAt},
      ${newestRun(sql`intent.provider`)}
    from intent
    returning id`.execute(db);
  return rows[0]?.id ?? null;
}

export type WriteOutcome = 'landed' | 'refused' | 'superseded';

/** Sets the outcome of attempts. Those resolved before keep their first outcome. */
export async function resolveAttempts(db: Database, attemptIds: readonly string[], outcome: WriteOutcome): Promise<void> {
  if (attemptIds.length > 0) await updateAttempts(db, attemptIds, outcome).execute();
}

/** Unexecuted `resolveAttempts`, for batching. `attemptIds` must not be empty. */
export function updateAttempts(db: Database, attemptIds: readonly string[], outcome: WriteOutcome) {
  return db
    .updateTable('write_attempt')
    .set({ outcome, resolved_at: new Date() })
    .where('id', 'in', attemptIds)
    .where('resolved_at', 'is', null);
}
