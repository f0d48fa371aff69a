import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { observeRecord } from '#activities/contact/observe-record.ts';
import { pushRecord } from '#activities/contact/push-record.ts';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { mergeContacts } from '#contacts/merge-contacts.ts';
import { claimLink } from '#db/contacts/links.ts';
import { type Accord, control, recordsOf, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';
import { chooseKillPoints } from '#test/setup/sweep.ts';
import { runWork } from './decisions.ts';
import type { MortalTask } from './mortal.ts';

let accord: Accord;
beforeAll(async () => {
  accord = await startAccord({ providers: ['gohighlevel', 'square'], workersInside: false });
  // Webhooks are off: only the one process works.
  accord.sandboxes.square.webhooks.change({ targets: [] });
  await control(accord.sandboxes.square, 'PATCH', 'settings', { indexLagMs: 0 });
});
afterAll(() => accord.close());

interface Person {
  id: string;
  phone: string;
  linkId: string;
  contactId: string;
}

/** The maximum number of points at which a process may end. */
const mostPoints = 120;
const atOnce = 3;

describe.each([
  ['creates a record', async () => newPerson()],
  [
    'changes a record',
    async () => {
      const person = await newPerson();
      await finish(person);
      await changeInGhl({ id: person.id, firstName: 'Augusta' });
      return person;
    },
  ],
])('a process that %s', (_, prepare) => {
  it('and is killed at a statement or call leaves only work that the next one finishes', async () => {
    const whole = await prepare();
    const { points } = await live(toTask(whole, null));
    expect(points).toBeGreaterThan(10);
    expect(points).toBeLessThan(mostPoints);
    const expected = await squareRecord(whole);

    const ends = chooseKillPoints(points);
    const outcomes = await mapConcurrently(ends, atOnce, async (killAt) => {
      const person = await prepare();
      const { signal } = await live(toTask(person, killAt));
      await finish(person);
      return { signal, left: { killAt, ...(await squareRecord(person)), ...(await traces(person)) } };
    });
    for (const { left } of outcomes) {
      expect(left).toEqual({ killAt: left.killAt, ...expected, contacts: 1, openAttempts: 0, leases: 0 });
    }
    // A process may need a statement fewer than the first one: the last ones then end by themselves.
    expect(outcomes.filter(({ signal }) => signal === 'SIGKILL').length).toBeGreaterThan(ends.length - 5);
  }, 240_000);
});

describe.each([['merge'], ['undo']] as const)('a process that decides to %s', (work) => {
  it('and is killed at a statement has decided everything, with the records marked for the sweeper, or nothing', async () => {
    const prepare = () => twoPeople({ areMerged: work === 'undo' });
    const whole = await prepare();
    const { points } = await live(toDecision(work, whole, null));
    expect(points).toBeGreaterThan(10);
    expect(points).toBeLessThan(mostPoints);
    const ends = chooseKillPoints(points);
    const outcomes = await mapConcurrently(ends, atOnce, async (killAt) => {
      const pair = await prepare();
      const before = await stateOf(pair);
      const { signal } = await live(toDecision(work, pair, killAt));
      const after = await stateOf(pair);
      await runWork(accord.deps, { work, contactId: pair.one.contactId, otherId: pair.other.contactId });
      return { killAt, signal, before, after, again: await stateOf(pair) };
    });
    const decided = await stateOf(whole);
    expect(decided.links.map(({ isDirty }) => isDirty)).toEqual([true, true]);
    for (const { killAt, before, after, again } of outcomes) {
      expect([before, decided]).toContainEqual(after);
      expect({ killAt, ...again }).toEqual({ killAt, ...decided });
    }
    expect(outcomes.filter(({ signal }) => signal === 'SIGKILL')).toHaveLength(ends.length);
  }, 240_000);
});

interface Pair {
  one: Person;
  other: Person;
}

async function twoPeople({ areMerged }: { areMerged: boolean }): Promise<Pair> {
  // Names of their own: a name with another number might be a person of an earlier pair.
  const named = (firstName: string) => newPerson({ firstName, lastName: nextFamilyName() });
  const [one, other] = [await named('Ada'), await named('Grace')];
  for (const { linkId } of [one, other]) await observeRecord(accord.deps, { linkId, cause: 'before' }, {});
  const merging = { survivorId: one.contactId, otherId: other.contactId, why: 'test', cause: null };
  if (areMerged) await inTransaction(accord.deps, (transaction) => mergeContacts(transaction, merging));
  return { one, other };
}

async function stateOf({ one, other }: Pair) {
  const ids = [one.contactId, other.contactId];
  const of = (contactId: string) => (contactId === one.contactId ? 'one' : 'other');
  const { db } = accord;
  const contacts = await db.selectFrom('contact').selectAll().where('id', 'in', ids).orderBy('id').execute();
  const links = await db
    .selectFrom('link')
    .select(['contact_id', 'changed_at', 'state'])
    .where('id', 'in', [one.linkId, other.linkId])
    .orderBy('id')
    .execute();
  const keys = await db.selectFrom('identity_key').select('contact_id').where('contact_id', 'in', ids).execute();
  const merges = await db.selectFrom('contact_merge').select('undone_at').where('survivor_id', 'in', ids).execute();
  const pairs = await db
    .selectFrom('match_candidate')
    .select('state')
    .where('contact_id', 'in', ids)
    .where('other_contact_id', 'in', ids)
    .execute();
  return {
    contacts: contacts.map(({ fields, merged_into }) => ({
      ...{ name: fields.givenName, phones: fields.phones?.length, isMerged: merged_into !== null },
    })),
    links: links.map(({ contact_id, changed_at, state }) => ({ of: of(contact_id), isDirty: changed_at !== null, state })),
    keys: keys.map(({ contact_id }) => of(contact_id)).toSorted(),
    merges: merges.map(({ undone_at }) => undone_at === null),
    pairs: pairs.map(({ state }) => state),
  };
}

function toTask({ linkId, contactId }: Person, killAt: number | null): MortalTask {
  const settings = accord.settings as MortalTask['settings'];
  return { work: 'sync', databaseUrl: accord.databaseUrl, settings, linkId, contactId, killAt };
}

function toDecision(work: 'merge' | 'undo', { one, other }: Pair, killAt: number | null): MortalTask {
  return { ...toTask(one, killAt), work, otherId: other.contactId };
}

/** Runs one process until it ends or is killed. */
function live(task: MortalTask): Promise<{ points: number; signal: string | null }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'mortal.ts'), JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((done) => child.on('close', (_code, signal) => done({ points: Number(output), signal })));
}

/** Runs both activities again, as Temporal does after a worker has died, until no work is left. */
async function finish({ linkId, contactId }: Person): Promise<void> {
  await eventually(async () => {
    await observeRecord(accord.deps, { linkId, cause: 'after' }, {});
    const push = { contactId, provider: 'square', cause: 'after', owner: 'mortal' };
    await pushRecord(accord.deps, push, {});
    expect(await pushRecord(accord.deps, push, {})).toMatchObject({ outcome: 'in-step', outOfStep: [] });
  });
}

async function newPerson(name = { firstName: 'Ada', lastName: 'Lovelace' }): Promise<Person> {
  const phone = nextPhone();
  const id = await changeInGhl({ ...name, phone });
  const { accountId } = accord.clients.gohighlevel;
  const link = await claimLink(accord.db, { provider: 'gohighlevel', accountId, externalId: id });
  return { id, phone, linkId: link.id, contactId: link.contact_id };
}

async function changeInGhl(contact: object): Promise<string> {
  const change = { webhooks: false, contacts: [contact] };
  const { contacts } = await control<{ contacts: string[] }>(accord.sandboxes.gohighlevel, 'POST', 'records', change);
  return contacts[0] as string;
}

async function squareRecord({ phone }: Person): Promise<object> {
  const all = await recordsOf<{ phone_number?: string; given_name?: string; family_name?: string }>(accord.sandboxes.square);
  const own = all.filter(({ phone_number }) => phone_number?.replace(/\D/g, '').endsWith(phone.slice(-10)));
  return { records: own.length, given: own[0]?.given_name, family: own[0]?.family_name };
}

async function traces({ contactId }: Person): Promise<object> {
  const links = await accord.db.selectFrom('link').selectAll().where('contact_id', '=', contactId).execute();
  const open = await accord.db
    .selectFrom('write_attempt')
    .innerJoin('link', 'link.id', 'write_attempt.link_id')
    .select('write_attempt.id')
    .where('link.contact_id', '=', contactId)
    .where('resolved_at', 'is', null)
    .execute();
  return {
    contacts: new Set(links.map(({ contact_id }) => contact_id)).size,
    openAttempts: open.length,
    leases: links.filter(({ lease_owner }) => lease_owner !== null).length,
  };
}
