import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { observeRecord } from '#activities/contact/observe-record.ts';
import { pushRecord } from '#activities/contact/push-record.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { getContact } from '#db/contacts/contacts.ts';
import { claimLink } from '#db/contacts/links.ts';
import { insertCandidate } from '#db/contacts/matching/match-candidates.ts';
import { listErasureRecords } from '#db/erasure/erasures.ts';
import { countRows } from '#db/personal-data/export-person.ts';
import { findPerson } from '#db/personal-data/find-person.ts';
import { evidenceOf, toStoredEvidence } from '#domain/matching/evidence.ts';
import { defaultRules } from '#domain/matching/recognise.ts';
import { type Accord, changeInSquare, control, recordsOf, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { inDialer, nextFamilyName, nextPhone } from '#test/setup/people.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';
import { chooseKillPoints, sweepTimeoutMs } from '#test/setup/sweep.ts';
import { type Decision, runWork } from './decisions.ts';
import { eraseWhole } from './erase-rounds.ts';
import type { MortalTask } from './mortal.ts';

let accord: Accord;
beforeAll(async () => {
  accord = await startAccord({ providers: ['gohighlevel', 'square', 'calltools'], workersInside: false });
  // Webhooks are off: only the one process works.
  accord.sandboxes.square.webhooks.change({ targets: [] });
  await control(accord.sandboxes.square, 'PATCH', 'settings', { indexLagMs: 0 });
  await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { searchLagMs: 0 });
});
afterAll(() => accord.close());

interface Person {
  id: string;
  phone: string;
  linkId: string;
  contactId: string;
}

/** The maximum number of points at which a process may end. */
const mostPoints = 160;
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
  ['reads an edit by which the contact is recognised as another one', recognisedByEdit],
])('a process that %s', (_, prepare) => {
  it(
    'and is killed at a statement or call leaves only work that the next one finishes',
    async () => {
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
        expect(left).toEqual({ killAt: left.killAt, ...expected, contacts: 1, openAttempts: 0, leases: 0, intents: 0 });
      }
      // A process may need a statement fewer than the first one: the last ones then end by themselves.
      expect(outcomes.filter(({ signal }) => signal === 'SIGKILL').length).toBeGreaterThan(ends.length - 5);
    },
    sweepTimeoutMs,
  );
});

describe('a process whose create GHL refuses, as another contact of the person has the record', () => {
  it(
    'and is killed at a statement or call leaves one contact in step, once its push is repeated',
    async () => {
      const whole = await knownAndUnrecognised();
      const { points } = await live({ ...toTask(whole.other, null), work: 'push' });
      expect(points).toBeGreaterThan(10);
      expect(points).toBeLessThan(mostPoints);
      const ends = chooseKillPoints(points);
      const outcomes = await mapConcurrently(ends, atOnce, async (killAt) => {
        const pair = await knownAndUnrecognised();
        const { signal } = await live({ ...toTask(pair.other, killAt), work: 'push' });
        await repeatPush(pair.other);
        return { signal, left: { killAt, ...(await traces(pair.other)), ...(await companies(pair)) } };
      });
      for (const { left } of outcomes) {
        expect(left).toEqual({
          ...{ killAt: left.killAt, contacts: 1, openAttempts: 0, leases: 0, intents: 0, merges: 1 },
          ...{ inGhl: ['Analytical Engines'], inSquare: ['Analytical Engines', 'Analytical Engines'] },
        });
      }
      expect(outcomes.filter(({ signal }) => signal === 'SIGKILL').length).toBeGreaterThan(ends.length - 5);
    },
    sweepTimeoutMs,
  );
});

/** One statement of a transaction is like another: by day few of them. */
const byDay = 30;

describe.each([['merge'], ['undo'], ['split'], ['accept'], ['review']] as const)('a process that decides to %s', (work) => {
  it(
    'and is killed at a statement has decided everything, with the records marked for the sweeper, or nothing',
    async () => {
      const prepare = () => (work === 'review' ? knownAndUnrecognised() : twoPeople(work));
      const whole = await prepare();
      const { points } = await live(toDecision(work, whole, null));
      expect(points).toBeGreaterThan(10);
      expect(points).toBeLessThan(mostPoints);
      const ends = chooseKillPoints(points, byDay);
      const outcomes = await mapConcurrently(ends, atOnce, async (killAt) => {
        const pair = await prepare();
        const before = await stateOf(pair);
        const { signal } = await live(toDecision(work, pair, killAt));
        const after = await stateOf(pair);
        await runWork(accord.deps, ofPair(work, pair));
        return { killAt, signal, before, after, again: await stateOf(pair) };
      });
      const decided = await stateOf(whole);
      expect(decided.links.map(({ isDirty }) => isDirty)).toEqual(decided.links.map(() => true));
      for (const { killAt, before, after, again } of outcomes) {
        expect([before, decided]).toContainEqual(after);
        expect({ killAt, ...again }).toEqual({ killAt, ...decided });
      }
      expect(outcomes.filter(({ signal }) => signal === 'SIGKILL')).toHaveLength(ends.length);
    },
    sweepTimeoutMs,
  );
});

describe.each([
  ['reads the refusal of a person', 'refuse'],
  ['denies calls for an operator', 'deny'],
  ['puts a number on the suppression list', 'suppress'],
] as const)('a process that %s', (_, work) => {
  it(
    'and is killed before the dialer knows leaves work by which the person leaves the list',
    async () => {
      const whole = await leadInDialer();
      if (work === 'refuse') await refuseInGhl(whole);
      const { points } = await live(toRefusal(work, whole, null));
      expect(points).toBeGreaterThan(5);
      const ends = chooseKillPoints(points, 2 * byDay);
      const outcomes = await mapConcurrently(ends, atOnce, async (killAt) => {
        const person = await leadInDialer();
        if (work === 'refuse') await refuseInGhl(person);
        const { signal } = await live(toRefusal(work, person, killAt));
        // Temporal repeats the activities. Of an operator's decision there is only what was stored, or it is made again.
        if (work === 'refuse') await readAgain(person);
        else if (!(await isRefused(person))) await runWork(accord.deps, { work, ...person, otherId: '', otherLinkId: '' });
        if (work !== 'refuse') await sweep(person);
        return { killAt, signal, lists: await listsOf(person) };
      });
      for (const { killAt, lists } of outcomes) expect({ killAt, lists }).toEqual({ killAt, lists: [[]] });
      expect(outcomes.filter(({ signal }) => signal === 'SIGKILL').length).toBeGreaterThan(ends.length - 5);
    },
    sweepTimeoutMs,
  );
});

async function leadInDialer(): Promise<Person> {
  const person = await newPerson({ firstName: 'Ada', lastName: nextFamilyName(), tags: ['cold lead'] });
  await readAgain(person);
  expect(await listsOf(person)).toEqual([['Cold Leads']]);
  return person;
}

const refuseInGhl = ({ id }: Person) =>
  control(accord.sandboxes.gohighlevel, 'POST', 'people', { webhooks: false, people: [{ id, doNotCall: true }] });

/** The buckets of each record in the dialer. */
async function listsOf({ phone }: Person): Promise<string[][]> {
  return (await inDialer(accord, phone)).map(({ bucketNames }) => bucketNames);
}

/** Whether the decision is stored. */
async function isRefused({ contactId }: Person): Promise<boolean> {
  const { fields, heldRefusals } = await getContact(accord.db, contactId);
  return fields.doNotContact.call || heldRefusals.includes('call');
}

/** As the sweeper of the api: it knows only the marks. */
async function sweep({ contactId }: Person): Promise<void> {
  const dirty = await accord.db
    .selectFrom('link')
    .select('id')
    .where('contact_id', '=', contactId)
    .where('changed_at', 'is not', null)
    .execute();
  for (const { id } of dirty) await readAgain({ linkId: id, contactId });
}

async function readAgain({ linkId, contactId }: Pick<Person, 'linkId' | 'contactId'>): Promise<void> {
  const { outOfStep } = await eventually(() => observeRecord(later(), { linkId, cause: 'after' }, { isRetry: true }));
  for (const provider of outOfStep)
    await eventually(() => pushRecord(later(), { contactId, provider, cause: 'after', owner: 'mortal' }, { isRetry: true }));
}

function toRefusal(work: 'refuse' | 'deny' | 'suppress', person: Person, killAt: number | null): MortalTask {
  return { ...toTask(person, killAt), work, audiences: accord.audiences };
}

describe('a process that erases a person', () => {
  it(
    'and is killed at a statement or call leaves only work that the next one finishes',
    async () => {
      const whole = await newPerson({ firstName: 'Ada', lastName: nextFamilyName() });
      await finish(whole);
      const { points } = await live(toErasure(whole, null));
      expect(points).toBeGreaterThan(40);
      const ends = chooseKillPoints(points, byDay);
      const outcomes = await mapConcurrently(ends, atOnce, async (killAt) => {
        const person = await newPerson({ firstName: 'Ada', lastName: nextFamilyName() });
        await finish(person);
        const { signal } = await live(toErasure(person, killAt));
        const erasureId = await eventually(() => eraseWhole(accord.deps, person.contactId));
        return { killAt, signal, left: await whatIsLeft(person), proofs: await proofsOf(erasureId) };
      });
      for (const { killAt, left, proofs } of outcomes) {
        expect({ killAt, ...left }).toEqual({ killAt, inGhl: 0, records: 0, given: undefined, rows: {} });
        expect(proofs).toEqual(['gohighlevel verified', 'square verified']);
      }
      expect(outcomes.filter(({ signal }) => signal === 'SIGKILL').length).toBeGreaterThan(ends.length - 5);
    },
    sweepTimeoutMs,
  );
});

function toErasure(person: Person, killAt: number | null): MortalTask {
  return { ...toTask(person, killAt), work: 'erase' };
}

/** Rows that name the person, but for those of the emptied contact and of the audit log. */
async function whatIsLeft(person: Person): Promise<object> {
  const { contact: _, audit_log: __, ...rows } = await countRows(accord.db, await findPerson(accord.db, person.contactId));
  const inGhl = await recordsOf<{ phone?: string }>(accord.sandboxes.gohighlevel);
  return { rows, inGhl: inGhl.filter(({ phone }) => hasPhone(phone, person)).length, ...(await squareRecord(person)) };
}

async function proofsOf(erasureId: string): Promise<string[]> {
  return (await listErasureRecords(accord.db, [erasureId])).map(({ provider, state }) => `${provider} ${state}`);
}

interface Pair {
  one: Person;
  other: Person;
}

/** Two people, merged where the decision is to take them apart. */
async function twoPeople(work: Decision['work']): Promise<Pair> {
  // Names of their own: a name with another number might be a person of an earlier pair.
  const named = (firstName: string) => newPerson({ firstName, lastName: nextFamilyName() });
  const [one, other] = [await named('Ada'), await named('Grace')];
  for (const { linkId } of [one, other]) await observeRecord(accord.deps, { linkId, cause: 'before' }, {});
  const merging = { survivorId: one.contactId, otherId: other.contactId, why: 'test', cause: null };
  if (work === 'undo' || work === 'split') await inTransaction(accord.deps, (transaction) => mergeContacts(transaction, merging));
  const evidence = toStoredEvidence(evidenceOf('rival'));
  if (work === 'accept') await insertCandidate(accord.db, one.contactId, other.contactId, evidence);
  return { one, other };
}

/** A person who is in GHL, too, and an older contact with a company, whom no rule compared with that one. */
async function knownAndUnrecognised(): Promise<Pair> {
  const person = { given_name: 'Ada', family_name: nextFamilyName(), phone_number: nextPhone() };
  const other = await newCustomer({ ...person, company_name: 'Analytical Engines' });
  const one = await newCustomer(person);
  const deps: ActivityDeps = { ...accord.deps, matching: { ...defaultRules, mode: 'off', maxMergesPerHour: 0 } };
  for (const { linkId } of [other, one]) await observeRecord(deps, { linkId, cause: 'before' }, {});
  await pushRecord(deps, { contactId: one.contactId, provider: 'gohighlevel', cause: 'before', owner: 'before' }, {});
  return { one, other };
}

async function newCustomer(customer: { phone_number: string; [field: string]: string }): Promise<Person> {
  const id = await changeInSquare(accord.sandboxes, customer);
  return { id, phone: customer.phone_number, ...(await claim('square', id)) };
}

async function claim(provider: 'gohighlevel' | 'square', externalId: string) {
  const link = await claimLink(accord.db, { provider, accountId: accord.clients[provider].accountId, externalId });
  return { linkId: link.id, contactId: link.contact_id };
}

/** A contact that is in Square, too, and an edit of another one in GHL, which then has the number and the name of the first. */
async function recognisedByEdit(): Promise<Person> {
  const lastName = nextFamilyName();
  const known = await newPerson({ firstName: 'Ada', lastName });
  await finish(known);
  const other = await newPerson({ firstName: 'Ada', lastName });
  await observeRecord(accord.deps, { linkId: other.linkId, cause: 'before' }, {});
  await changeInGhl({ id: other.id, phone: known.phone });
  return { ...other, phone: known.phone };
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
  const encryptionKey = testEncryptionKey.toString('hex');
  return { work: 'sync', databaseUrl: accord.databaseUrl, settings, linkId, contactId, killAt, encryptionKey };
}

function ofPair(work: Decision['work'], { one, other }: Pair): Decision {
  return { work, contactId: one.contactId, otherId: other.contactId, otherLinkId: other.linkId };
}

function toDecision(work: Decision['work'], pair: Pair, killAt: number | null): MortalTask {
  return { ...toTask(pair.one, killAt), ...ofPair(work, pair) };
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

/** Temporal starts an activity again after its timeout, when a create of the one that died would be visible. */
const later = (): ActivityDeps => ({ ...accord.deps, now: () => new Date(Date.now() + 61_000) });

/** Runs both activities again, as Temporal does after a worker has died, until no work is left. */
async function finish({ linkId, contactId }: Person): Promise<void> {
  await eventually(async () => {
    await observeRecord(later(), { linkId, cause: 'after' }, {});
    const push = { contactId, provider: 'square', cause: 'after', owner: 'mortal' };
    await pushRecord(later(), push, {});
    expect(await pushRecord(later(), push, {})).toMatchObject({ outcome: 'in-step', outOfStep: [] });
  });
}

/** Runs the push again, as Temporal does, and then those that it asks for. */
async function repeatPush({ contactId }: Person): Promise<void> {
  const push = (provider: string, isRetry: boolean) =>
    eventually(() => pushRecord(later(), { contactId, provider, cause: 'after', owner: 'mortal' }, { isRetry }));
  const todo = (await push('gohighlevel', true)).outOfStep;
  for (const provider of todo) todo.push(...(await push(provider, false)).outOfStep);
}

async function newPerson(change: object = { firstName: 'Ada', lastName: 'Lovelace' }): Promise<Person> {
  const contact = { phone: nextPhone(), ...change };
  const id = await changeInGhl(contact);
  return { id, phone: contact.phone, ...(await claim('gohighlevel', id)) };
}

async function changeInGhl(contact: object): Promise<string> {
  const change = { webhooks: false, contacts: [contact] };
  const { contacts } = await control<{ contacts: string[] }>(accord.sandboxes.gohighlevel, 'POST', 'records', change);
  return contacts[0] as string;
}

async function squareRecord(person: Person): Promise<object> {
  const all = await recordsOf<{ phone_number?: string; given_name?: string }>(accord.sandboxes.square);
  const own = all.filter(({ phone_number }) => hasPhone(phone_number, person));
  return { records: own.length, given: own[0]?.given_name };
}

/** What is left of the contact that the person belongs to now. */
async function traces(person: Person): Promise<object> {
  const { mergedInto } = await getContact(accord.db, person.contactId);
  const contactId = mergedInto ?? person.contactId;
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
    intents: links.filter(({ state }) => state === 'intent').length,
  };
}

/** The company in each record of a pair, and how often the two were merged. */
async function companies({ one, other }: Pair): Promise<object> {
  const inSquare = await recordsOf<{ id: string; company_name?: string }>(accord.sandboxes.square);
  const inGhl = await recordsOf<{ phone?: string; companyName?: string }>(accord.sandboxes.gohighlevel);
  const ids = [one.contactId, other.contactId];
  const merges = await accord.db.selectFrom('contact_merge').select('id').where('survivor_id', 'in', ids).execute();
  return {
    inSquare: inSquare.filter(({ id }) => id === one.id || id === other.id).map(({ company_name }) => company_name),
    inGhl: inGhl.filter(({ phone }) => hasPhone(phone, one)).map(({ companyName }) => companyName),
    merges: merges.length,
  };
}

const hasPhone = (number: string | undefined, { phone }: Person): boolean =>
  number?.replace(/\D/g, '').endsWith(phone.slice(-10)) === true;
