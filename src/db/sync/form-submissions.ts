import { hash, randomUUIDv7 } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Selectable, sql } from 'kysely';
import type { DirtyLink } from '#db/contacts/dirty-links.ts';
import type { Database } from '#db/database.ts';
import { acceptEvent } from './inbox.ts';
import type { FormSubmissionTable } from './tables.ts';

export interface ArrivedSubmission {
  /** Provider of its event and its link. */
  provider: string;
  accountId: string;
  form: string;
  /** By field name, without blank fields. */
  values: Record<string, string>;
  evidence: Record<string, string>;
  /** The message among the values; null without one. */
  message: string | null;
  /** Of a signed post: it is accepted once, whatever other key it carries. Null for an unsigned one. */
  signature: string | null;
  /** The sender's key, unique per submission. Null to detect a repetition by its content. */
  idempotencyKey: string | null;
  /** The sender's address. */
  sender: string;
  /** How the sender was authenticated, for the inbox. */
  scheme: string;
  receivedAt: Date;
  /** The trace context of the request. */
  traceparent?: string | null;
}

export type StoredSubmission =
  | { outcome: 'stored'; id: string; change: DirtyLink }
  /** It was stored before; nothing changed. */
  | { outcome: 'duplicate'; id: string }
  /** The sender's key was used for other values. */
  | { outcome: 'mismatch' };

/** A double click or a reload repeats a submission. The same content on the next day is a new submission. */
const repetitionMs = 10 * 60_000;

/**
 * Stores a submission with its event, its link and the dirty mark in one transaction. An advisory lock serializes equal submissions, so
 * only one of them is stored.
 */
export function storeSubmission(db: Database, arrived: ArrivedSubmission): Promise<StoredSubmission> {
  const keys = keysOf(arrived);
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${arrived.form}/${keys.lock}`}, 0))`.execute(tx);
    const replayed = await findBySignature(tx, arrived.signature);
    if (replayed) return { outcome: 'duplicate', id: replayed.id };
    const earlier = await findEarlier(tx, arrived, keys);
    if (!earlier) return insertSubmission(tx, arrived, keys.own);
    return isDeepStrictEqual(earlier.values, arrived.values) ? { outcome: 'duplicate', id: earlier.id } : { outcome: 'mismatch' };
  });
}

interface Keys {
  lock: string;
  /** The key that this submission is stored under. */
  own: string;
  /** The keys that an earlier, equal submission may be stored under. */
  all: string[];
}

/**
 * Stored keys are unique forever, and equal content may be sent again later. So a digest of the content is stored with its ten-minute
 * period, and looked up in the periods before and after as well: the clocks of two servers differ slightly.
 */
function keysOf({ idempotencyKey, form, values, sender, receivedAt }: ArrivedSubmission): Keys {
  if (idempotencyKey !== null) {
    const own = `key:${idempotencyKey}`;
    return { lock: own, own, all: [own] };
  }
  const sorted = Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
  const digest = `sha256:${hash('sha256', JSON.stringify([form, sender, sorted]), 'hex')}`;
  const period = Math.floor(receivedAt.getTime() / repetitionMs);
  const keyAt = (at: number) => `${digest}/${at}`;
  return { lock: digest, own: keyAt(period), all: [period - 1, period, period + 1].map(keyAt) };
}

async function findEarlier(tx: Database, { form, idempotencyKey, receivedAt }: ArrivedSubmission, { all }: Keys) {
  const rows = await tx
    .selectFrom('form_submission')
    .select(['id', 'values', 'received_at'])
    .where('form', '=', form)
    .where('idempotency_key', 'in', all)
    .execute();
  const isRepeated = (at: Date) => Math.abs(at.getTime() - receivedAt.getTime()) < repetitionMs;
  return rows.find(({ received_at }) => idempotencyKey !== null || isRepeated(received_at));
}

/** A recorded post can be sent again with another `Idempotency-Key`: the signature covers the body, and not the headers. */
async function findBySignature(tx: Database, signature: string | null): Promise<{ id: string } | undefined> {
  if (signature === null) return undefined;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`signature/${signature}`}, 0))`.execute(tx);
  return tx.selectFrom('form_submission').select('id').where('signature', '=', signature).executeTakeFirst();
}

async function insertSubmission(tx: Database, arrived: ArrivedSubmission, key: string): Promise<StoredSubmission> {
  const { provider, accountId, form, values, message, signature, evidence, scheme, receivedAt, traceparent = null } = arrived;
  const id = randomUUIDv7();
  await tx
    .insertInto('form_submission')
    .values({
      id,
      form,
      values: JSON.stringify(values),
      evidence: JSON.stringify(evidence),
      idempotency_key: key,
      message,
      signature,
      received_at: receivedAt,
    })
    .execute();
  const { linkId, contactId } = await acceptEvent(tx, {
    provider,
    eventId: id,
    type: 'FormSubmitted',
    accountId,
    externalId: id,
    scheme,
    // Personal data is stored once, in the submission.
    payload: JSON.stringify({ form, submission: id }),
    headers: traceparent === null ? {} : { traceparent },
    occurredAt: receivedAt,
    receivedAt,
  });
  return { outcome: 'stored', id, change: { linkId, contactId, provider, changedAt: receivedAt, traceparent } };
}

/** Implements the `SubmissionStore` of `providers/provider.ts`, which this layer may not import. */
export function createSubmissionStore(db: Database) {
  return {
    async find(id: string) {
      if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) return null;
      const row = await db.selectFrom('form_submission').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toSubmission(row) : null;
    },
  };
}

function toSubmission({ id, form, values, evidence, received_at, accepted_at, applied_at }: Selectable<FormSubmissionTable>) {
  const decision = { isAccepted: accepted_at !== null, isApplied: applied_at !== null };
  return { id, form, values, evidence, receivedAt: received_at, ...decision };
}
