import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { eraseRecords } from '#activities/erasure/erase-records.ts';
import { finishErasure } from '#activities/erasure/finish-erasure.ts';
import { planErasure } from '#activities/erasure/plan-erasure.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { beginErasure } from '#contacts/erasure/begin-erasure.ts';
import type { Database } from '#db/database.ts';
import { createErasureSecret } from '#db/erasure/erasure-secret.ts';
import { countRows } from '#db/personal-data/export-person.ts';
import { findPerson } from '#db/personal-data/find-person.ts';
import { personalTables } from '#db/personal-data/personal-tables.ts';
import type { ProviderValues } from '#domain/contact.ts';
import type { Violation } from './judge.ts';
import { withLimitedShrinking } from './limited-shrinking.ts';
import { Activity } from './model/activity.ts';
import { type Schedule, schedules, tell } from './schedule.ts';
import { Simulation } from './simulation.ts';

interface Erased {
  schedule: Schedule;
  /** The erasure begins before this step, and goes on after some of the later ones. */
  beginsAt: number;
  roundEvery: number;
}

const secrets = new WeakMap<Database, ReturnType<typeof createErasureSecret>>();

/** One secret for each database. */
export function secretOf(db: Database) {
  const secret = secrets.get(db) ?? createErasureSecret(db, randomBytes(32));
  secrets.set(db, secret);
  return secret;
}

/** Rounds that an erasure needs at most once all faults have ended: a lost create is waited for. */
const mostRounds = 6;

/**
 * I4: a person is erased in the middle of a schedule, with writes and answers under way and processes that die. Then old events arrive
 * again, and the person is imported anew at every vendor. Nothing of the person is left, and nothing comes back.
 */
export async function judgeErasure(db: Database, { schedule, beginsAt, roundEvery }: Erased): Promise<Violation[]> {
  const simulation = new Simulation(db, schedule);
  const { hub, world } = simulation;
  hub.deps.erasureSecret = secretOf(db);
  const steps = schedule.steps.slice(beginsAt);
  await simulation.play({ ...schedule, second: null, steps: schedule.steps.slice(0, beginsAt) });
  const [contact] = await listContacts(simulation);
  // Nobody has read the person yet.
  if (!contact) return [];
  const request = { contactId: contact.id, reason: 'request 17', actor: 'tester' };
  const erasureId = await inTransaction(hub.deps, (transaction) => beginErasure(transaction, request));
  for (const [index, step] of steps.entries()) {
    await simulation.take(step);
    if (index % roundEvery === 0) await eraseRound(simulation, erasureId);
  }
  if (!(await finish(simulation, erasureId))) return [{ invariant: 'I4', what: 'the erasure is not completed' }];
  const left = await listLeft(simulation, contact.id, world.personal);
  const before = simulation.models.flatMap(({ live, traits }) => live.map(() => `${traits.id} has a record`));
  if (left.length + before.length > 0) return [...left, ...before].map((what) => ({ invariant: 'I4', what }));
  return comeBack(simulation, contact.fields);
}

/** One round of the workflow, in a process that may die at any call. */
export async function eraseRound(simulation: Simulation, erasureId: string): Promise<boolean> {
  const { deps } = simulation.hub;
  const { providers } = await planErasure(deps, { erasureId });
  for (const provider of providers) {
    const activity = new Activity(`erase/${provider}`);
    const ended = eraseRecords(deps, { erasureId, provider }, { signal: activity.signal });
    await Promise.race([ended, activity.interrupted]);
    while (activity.isHeld) {
      activity.release();
      await Promise.race([ended, activity.interrupted]);
    }
  }
  return (await finishErasure(deps, { erasureId })).isDone;
}

async function finish(simulation: Simulation, erasureId: string): Promise<boolean> {
  for (let round = 0; round < mostRounds; round += 1) {
    await simulation.round();
    if (await eraseRound(simulation, erasureId)) return true;
  }
  return false;
}

/** Old events arrive again, and somebody imports the person at every vendor. */
async function comeBack(simulation: Simulation, values: ProviderValues): Promise<Violation[]> {
  const { hub, models } = simulation;
  for (const model of models) {
    for (const { externalId } of model.records) await hub.deliver({ provider: model.traits.id, externalId, body: null as never });
    const { givenName = null, phones = [], emails = [] } = values;
    model.createByHand({ givenName, phones, emails, note: null });
  }
  const imported = models.map(({ records }) => records.length);
  const writes = models.map((model) => model.writes.length);
  await simulation.drain(2);
  const changed = models.flatMap(({ traits, records, writes: all }, at) => [
    ...(records.length === imported[at] ? [] : [`a record was created at ${traits.id}`]),
    ...(all.length === writes[at] ? [] : [`${traits.id} was written to`]),
  ]);
  const contacts = (await listContacts(simulation)).map(({ id }) => `contact ${id} exists again`);
  return [...changed, ...contacts].map((what) => ({ invariant: 'I4', what }));
}

/** The contacts with values that have a link of the run. */
async function listContacts(simulation: Simulation) {
  return simulation.db
    .selectFrom('contact')
    .innerJoin('link', 'link.contact_id', 'contact.id')
    .select(['contact.id', 'contact.fields'])
    .distinctOn('contact.id')
    .where('link.account_id', '=', simulation.model(0).accountId)
    .where('contact.merged_into', 'is', null)
    .where('contact.revision', '>', 0)
    .orderBy('contact.id')
    .execute();
}

/** Rows of the person, and rows with an email or a phone number of the person, of whatever table. Other runs have the same names. */
async function listLeft({ db }: Simulation, contactId: string, personal: ReadonlySet<string>): Promise<string[]> {
  const patterns = [...personal].filter((text) => /[@+]/.test(text)).map((text) => `%${text}%`);
  const { contact: _, audit_log: __, ...counted } = await countRows(db, await findPerson(db, contactId));
  const left = Object.keys(counted).map((table) => `${table} has rows of the person`);
  for (const { table } of personalTables) {
    const { rows } = await sql<{ row: string }>`
      select row::text from ${sql.table(table)} as row where row::text like any(${patterns}) limit 1`.execute(db);
    left.push(...rows.map(({ row }) => `${table}: ${row}`));
  }
  const { fields } = await db.selectFrom('contact').select('fields').where('id', '=', contactId).executeTakeFirstOrThrow();
  return Object.keys(fields).length === 0 ? left : [...left, 'the contact has values'];
}

const erasures: fc.Arbitrary<Erased> = fc
  .record({
    schedule: schedules({ maxSteps: 20, faults: true }),
    beginsAt: fc.nat({ max: 19 }),
    roundEvery: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ schedule, beginsAt, ...rest }) => ({ ...rest, schedule, beginsAt: beginsAt % (schedule.steps.length + 1) }));

/** Plays erasures until one breaks the invariant. Null when none does. */
export async function findResurrection(db: Database, { runs, seed }: { runs: number; seed: number }): Promise<string | null> {
  const judge = withLimitedShrinking(async (erased: Erased) => {
    const [broken] = await judgeErasure(db, erased);
    if (broken) throw new Error(broken.what);
  });
  const details = await fc.check(fc.asyncProperty(erasures, judge), { numRuns: runs, seed });
  if (!details.failed) return null;
  const { errorInstance, counterexample } = details;
  const what = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  if (!counterexample) return what;
  const [{ schedule, beginsAt, roundEvery }] = counterexample;
  return [what, `ACCORD_SEED=${seed}; begins at step ${beginsAt}, a round after every ${roundEvery} steps`, tell(schedule)].join(
    '\n',
  );
}
