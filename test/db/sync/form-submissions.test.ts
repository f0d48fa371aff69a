import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { type ArrivedSubmission, createSubmissionStore, storeSubmission } from '#db/sync/form-submissions.ts';
import { useDatabase } from '#test/db/test-database.ts';

const store = useDatabase();

/** A submission of a new form unless `facts` says otherwise. */
function arrived(facts: Partial<ArrivedSubmission> = {}): ArrivedSubmission {
  return {
    provider: 'webform',
    accountId: 'forms',
    form: randomUUID(),
    values: { name: 'Ada', email: 'ada@example.com' },
    evidence: { origin: 'https://www.example.com' },
    message: null,
    signature: null,
    idempotencyKey: null,
    sender: '192.0.2.1',
    scheme: 'origin',
    receivedAt: new Date('2026-11-22T10:00:00Z'),
    ...facts,
  };
}

const idOf = async (submission: ArrivedSubmission, db: Database = store.db) => {
  const stored = await storeSubmission(db, submission);
  return 'id' in stored ? stored.id : null;
};
const minutes = (count: number) => new Date(Date.parse('2026-11-22T10:00:00Z') + count * 60_000);
const countOf = async (form: string) =>
  (await store.db.selectFrom('form_submission').select('id').where('form', '=', form).execute()).length;

describe('a submission', () => {
  it('is stored with its event, its link and the dirty mark, and can be read', async () => {
    const submission = arrived();
    const stored = await storeSubmission(store.db, submission);
    if (stored.outcome !== 'stored') throw new Error(stored.outcome);
    const { values, evidence, receivedAt, form } = submission;
    expect(await createSubmissionStore(store.db).find(stored.id)).toEqual({
      ...{ id: stored.id, form, values, evidence, receivedAt },
      ...{ isAccepted: false, isApplied: false },
    });
    const link = await store.db.selectFrom('link').selectAll().where('external_id', '=', stored.id).executeTakeFirstOrThrow();
    expect(link).toMatchObject({ provider: 'webform', account_id: 'forms', changed_at: receivedAt, signalled_at: null });
    expect(stored.change).toEqual({
      linkId: link.id,
      contactId: link.contact_id,
      provider: 'webform',
      changedAt: receivedAt,
      traceparent: null,
    });
    const event = await store.db.selectFrom('inbox_event').selectAll().where('link_id', '=', link.id).executeTakeFirstOrThrow();
    expect(event).toMatchObject({ event_id: stored.id, type: 'FormSubmitted', scheme: 'origin', occurred_at: receivedAt });
    expect(event.payload).not.toContain('ada@example.com');
  });

  it('leaves nothing behind when its event cannot be stored', async () => {
    const submission = arrived({ accountId: null as never });
    await expect(storeSubmission(store.db, submission)).rejects.toThrow(/account_id/);
    expect(await countOf(submission.form)).toBe(0);
  });

  it('is not found by an invalid or unknown id', async () => {
    expect(await createSubmissionStore(store.db).find('1; drop table link')).toBeNull();
    expect(await createSubmissionStore(store.db).find(randomUUID())).toBeNull();
  });
});

describe('a repeated submission', () => {
  it('is stored once, however many arrive concurrently in several processes', async () => {
    const pools = [store.open(), store.open()];
    const submission = arrived();
    const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => idOf(submission, pools[n % 2])));
    expect(new Set(ids).size).toBe(1);
    expect(await countOf(submission.form)).toBe(1);
    const links = await store.db.selectFrom('link').select('id').where('external_id', '=', String(ids[0])).execute();
    expect(links).toHaveLength(1);
  });

  it.each([0.1, 5, 9.9, -1])('is a duplicate %d minutes later, on either side of a period', async (later) => {
    // Also around the border between two ten-minute periods.
    for (const start of [0, 4, 9.95]) {
      const submission = arrived({ receivedAt: minutes(start) });
      const id = await idOf(submission);
      expect(await idOf({ ...submission, receivedAt: minutes(start + later) })).toBe(id);
    }
  });

  it.each([10.1, 15, 24 * 60])('is a new submission %d minutes later', async (later) => {
    for (const start of [0, 4, 9.95]) {
      const submission = arrived({ receivedAt: minutes(start) });
      await idOf(submission);
      expect(await storeSubmission(store.db, { ...submission, receivedAt: minutes(start + later) })).toMatchObject({
        outcome: 'stored',
      });
    }
  });

  it('is a new submission from another address, in another form or with other values', async () => {
    const submission = arrived();
    await idOf(submission);
    for (const facts of [{ sender: '192.0.2.2' }, { form: randomUUID() }, { values: { ...submission.values, note: 'x' } }]) {
      expect(await storeSubmission(store.db, { ...submission, ...facts })).toMatchObject({ outcome: 'stored' });
    }
  });

  it('is a duplicate in any order of its fields', async () => {
    const submission = arrived();
    const id = await idOf(submission);
    expect(await idOf({ ...submission, values: { email: 'ada@example.com', name: 'Ada' } })).toBe(id);
  });
});

describe('a key of the sender', () => {
  it('identifies one submission, forever and from any address', async () => {
    const submission = arrived({ idempotencyKey: 'order 1' });
    const id = await idOf(submission);
    const later = { ...submission, sender: '192.0.2.2', receivedAt: minutes(100_000) };
    expect(await storeSubmission(store.db, later)).toEqual({ outcome: 'duplicate', id });
    expect(await storeSubmission(store.db, { ...submission, form: randomUUID() })).toMatchObject({ outcome: 'stored' });
    expect(await storeSubmission(store.db, { ...submission, idempotencyKey: 'order 2' })).toMatchObject({ outcome: 'stored' });
  });

  it('is refused with other values', async () => {
    const submission = arrived({ idempotencyKey: 'order 1' });
    await idOf(submission);
    expect(await storeSubmission(store.db, { ...submission, values: { name: 'Grace' } })).toEqual({ outcome: 'mismatch' });
    expect(await countOf(submission.form)).toBe(1);
  });

  it('cannot collide with the digest of another submission', async () => {
    const submission = arrived();
    await idOf(submission);
    const { rows } = await sql<{
      key: string;
    }>`select idempotency_key as key from form_submission where form = ${submission.form}`.execute(store.db);
    const forged = { ...submission, values: { name: 'Mallory' }, idempotencyKey: String(rows[0]?.key) };
    expect(await storeSubmission(store.db, forged)).toMatchObject({ outcome: 'stored' });
  });
});
