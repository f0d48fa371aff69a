import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ActivityDeps } from '#activities/deps.ts';
import { RecordBusyError } from '#activities/failures.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { lockContact } from '#db/contacts/contacts.ts';
import { insertIntent } from '#db/contacts/intents.ts';
import { listMerges } from '#db/contacts/matching/contact-merges.ts';
import { openAttemptOfIntent } from '#db/contacts/write-attempts.ts';
import { type Database, openDatabase } from '#db/database.ts';
import type { ProviderValues } from '#domain/contact.ts';
import { defaultRules, type MatchingMode } from '#domain/matching/recognise.ts';
import { countStatements } from '#test/setup/count-statements.ts';
import { untilLocksWait } from '#test/setup/lock-waits.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';
import { type Claimed, useHub } from './hub.ts';

const hub = useHub();

/** The dependencies of a second worker process, with connections of its own. */
let elsewhere: ActivityDeps;
let otherPool: Database;
beforeAll(() => {
  otherPool = openDatabase({ url: hub.accord.databaseUrl });
  elsewhere = { ...hub.deps, db: otherPool };
});
afterAll(() => otherPool.destroy());

const mergedInto = async ({ contactId }: Claimed) => (await hub.contact(contactId)).mergedInto;
/** The evidence by which the record was matched. */
const matchedBy = async (contactId: string) =>
  (await hub.history(contactId)).flatMap(({ kind, after }) => (kind === 'merged' ? [after] : []));

describe('a record of a known contact', () => {
  it.each([
    ['a phone number', { phone: nextPhone() }, 'phone'],
    ['an email address', { phone: nextPhone(), email: 'ada.one@example.com' }, 'email and phone'],
  ])('at another provider, with %s and a compatible name, is linked to the contact', async (_what, key, by) => {
    const person = { ...key, familyName: nextFamilyName() };
    const known = await hub.read('gohighlevel', person);
    const newcomer = await hub.unread('square', { ...person, givenName: 'Ada Augusta' });
    expect(await hub.observe(newcomer)).toMatchObject({ contactId: known.contactId });
    expect(await mergedInto(newcomer)).toBe(known.contactId);
    expect((await hub.links(known.contactId)).map(({ provider, external_id }) => [provider, external_id])).toEqual([
      ['gohighlevel', known.id],
      ['square', newcomer.id],
    ]);
    expect(await matchedBy(known.contactId)).toEqual([{ matchedBy: by }]);
    expect(await hub.candidates(known.contactId)).toEqual([]);
  });

  it('adds missing values and keeps the others', async () => {
    const phone = nextPhone();
    const known = await hub.read('gohighlevel', { phone, email: 'ada.two@example.com' });
    const newcomer = await hub.unread('square', { phone, email: 'ada.two.b@example.com', note: 'Likes tea' });
    expect(await hub.observe(newcomer)).toMatchObject({ outcome: 'changed' });
    expect((await hub.contact(known.contactId)).fields).toMatchObject({
      note: 'Likes tea',
      emails: [{ address: 'ada.two@example.com' }, { address: 'ada.two.b@example.com' }],
    });
  });

  it('is linked to the contact when the workflow of its claimed contact reads it', async () => {
    const phone = nextPhone();
    const known = await hub.read('gohighlevel', { phone });
    const newcomer = await hub.unread('google', { phone });
    await hub.observe(newcomer);
    await hub.edit('google', { note: 'Likes tea' }, newcomer.id);
    expect(await hub.observe(newcomer)).toMatchObject({ outcome: 'changed', contactId: known.contactId });
    expect((await hub.contact(known.contactId)).fields.note).toBe('Likes tea');
  });
});

describe('a record of a contact whose create there is planned at the same moment', () => {
  const person = () => ({ phone: nextPhone(), familyName: nextFamilyName() });
  const plan = ({ contactId }: Claimed, db = hub.accord.db, payload: ProviderValues = {}) => {
    const { accountId } = hub.accord.clients.square;
    return insertIntent(db, { contactId, provider: 'square', accountId, generation: 1, payload, createdAt: new Date() });
  };

  it('takes the place of the create', async () => {
    const given = person();
    const known = await hub.read('gohighlevel', given);
    const newcomer = await hub.unread('square', given);
    let reading: Promise<unknown> | undefined;
    await otherPool.transaction().execute(async (tx) => {
      await lockContact(tx, known.contactId);
      await plan(known, tx);
      reading = hub.observe(newcomer);
      await untilLocksWait(hub.accord.db);
    });
    expect(await reading).toMatchObject({ contactId: known.contactId });
    expect((await hub.links(known.contactId)).filter(({ provider }) => provider === 'square')).toMatchObject([
      { state: 'linked', external_id: newcomer.id },
    ]);
  });

  it('forbids a create that is still planned', async () => {
    const given = person();
    const known = await hub.read('gohighlevel', given);
    await hub.observe(await hub.unread('square', given));
    const intent = await plan(known);
    const patch = { set: {}, addTags: [], removeTags: [], addLists: [], removeLists: [] };
    const attempt = { linkId: intent.id, patch, baseVersion: null, cause: 'test' };
    expect(await openAttemptOfIntent(hub.accord.db, attempt, { payload: null, startedAt: new Date() })).toBeNull();
  });

  it('was not made by it: what the record lacks is not removed from the contact', async () => {
    const person = { phone: nextPhone(), familyName: nextFamilyName(), email: `${nextPhone().slice(1)}@example.com` };
    const known = await hub.read('gohighlevel', person);
    await plan(known, hub.accord.db, {
      phones: [{ raw: person.phone, e164: person.phone, label: null, extension: null }],
      emails: [{ address: person.email, label: null }],
    });
    await hub.observe(await hub.unread('square', { ...person, email: null }));
    expect((await hub.contact(known.contactId)).fields.emails).toMatchObject([{ address: person.email }]);
  });
});

describe('a record that may belong to a known contact', () => {
  it('becomes a match candidate when only the number and the given name are equal', async () => {
    const phone = nextPhone();
    const known = await hub.read('gohighlevel', { phone, familyName: nextFamilyName() });
    const newcomer = await hub.read('square', { phone, givenName: 'Ada', familyName: nextFamilyName() });
    expect(newcomer.contactId).not.toBe(known.contactId);
    expect(await hub.candidates(known.contactId)).toMatchObject([
      {
        ...{ contact_id: known.contactId, other_contact_id: newcomer.contactId, state: 'open' },
        evidence: {
          keys: ['phone'],
          score: 7.5,
          parts: expect.arrayContaining([expect.objectContaining({ kind: 'family-clash', points: -2.5 })]),
        },
      },
    ]);
  });

  it('becomes a candidate of both people that an initial may stand for', async () => {
    const [phone, familyName] = [nextPhone(), nextFamilyName()];
    const john = await hub.read('square', { phone, familyName, givenName: 'John' });
    const jane = await hub.read('google', { phone, familyName, givenName: 'Jane' });
    const newcomer = await hub.read('gohighlevel', { phone, familyName, givenName: 'J.' });
    const candidates = await hub.candidates(newcomer.contactId);
    expect(candidates.map(({ contact_id }) => contact_id).toSorted()).toEqual([john.contactId, jane.contactId].toSorted());
  });

  it('becomes a candidate once, however often it is read', async () => {
    const phone = nextPhone();
    await hub.read('gohighlevel', { phone, familyName: nextFamilyName() });
    const newcomer = await hub.unread('square', { phone, familyName: nextFamilyName() });
    for (let reads = 0; reads < 3; reads += 1) await hub.observe(newcomer);
    expect(await hub.candidates(newcomer.contactId)).toHaveLength(1);
  });

  it.each([
    ['has no key', { phone: null, email: null }, {}],
    ['has a number that is free to call', { phone: '+18005551234' }, { phone: '+18005551234' }],
  ])('is only asked about when it %s, whatever the name', async (_what, key, same) => {
    const familyName = nextFamilyName();
    const known = await hub.read('gohighlevel', { familyName, ...same });
    const newcomer = await hub.read('square', { familyName, ...key });
    expect(newcomer.contactId).not.toBe(known.contactId);
    expect(await hub.candidates(newcomer.contactId)).toMatchObject([{ contact_id: known.contactId, state: 'open' }]);
  });

  it('matches the survivor of a merge only', async () => {
    const person = { phone: nextPhone(), familyName: nextFamilyName() };
    const known = await hub.read('gohighlevel', person);
    await hub.read('square', person);
    const newcomer = await hub.read('google', person);
    expect(newcomer.contactId).toBe(known.contactId);
  });
});

describe('a record with our reference', () => {
  /** A create that landed without an answer. */
  async function unanswered(from: 'gohighlevel' | 'google' = 'gohighlevel') {
    const phone = nextPhone();
    const known = await hub.read(from, { phone });
    await hub.fault('square', { method: 'POST', path: '/v2/customers', dropResponse: true });
    await hub.push(known.contactId, 'square').catch(() => {});
    const [landed] = await hub.lookUp('square', phone);
    return { ...known, phone, recordId: landed?.id as string };
  }

  it('belongs to our create, even under another name and number', async () => {
    const known = await unanswered();
    await hub.edit('square', { givenName: 'Grace', familyName: 'Hopper', phone: nextPhone() }, known.recordId);
    const newcomer = await hub.claim('square', known.recordId);
    expect(await hub.observe(newcomer)).toMatchObject({ contactId: known.contactId });
    expect(await mergedInto(newcomer)).toBe(known.contactId);
    expect(await matchedBy(known.contactId)).toEqual([{ matchedBy: 'reference' }]);
  });

  it('belongs to the survivor of a merge that ended our create, even under another name and number', async () => {
    const [survivor, other] = [await unanswered(), await unanswered()];
    await inTransaction(hub.deps, (transaction) =>
      mergeContacts(transaction, { survivorId: survivor.contactId, otherId: other.contactId, why: 'test', cause: 'test' }),
    );
    await hub.edit('square', { givenName: 'Grace', familyName: 'Hopper', phone: nextPhone() }, other.recordId);
    const newcomer = await hub.claim('square', other.recordId);
    expect(await hub.observe(newcomer)).toMatchObject({ contactId: survivor.contactId });
    expect(await mergedInto(newcomer)).toBe(survivor.contactId);
    await hub.observe(await hub.claim('square', survivor.recordId));
    const linked = (await hub.links(survivor.contactId)).filter(({ state }) => state === 'linked');
    const ids = linked.flatMap(({ provider, external_id }) => (provider === 'square' ? [external_id] : []));
    expect(ids.toSorted()).toEqual([survivor.recordId, other.recordId].toSorted());
  });

  it('changes nothing after a merge that ended our create: it holds only what was sent', async () => {
    const [survivor, other] = [await unanswered('google'), await unanswered('google')];
    await inTransaction(hub.deps, (transaction) =>
      mergeContacts(transaction, { survivorId: survivor.contactId, otherId: other.contactId, why: 'test', cause: 'test' }),
    );
    // Square would win a conflict with Google.
    await hub.edit('google', { givenName: 'Augusta' }, survivor.id);
    await hub.observe(survivor);
    await hub.observe(await hub.claim('square', other.recordId));
    expect((await hub.contact(survivor.contactId)).fields.givenName).toBe('Augusta');
    expect((await hub.links(survivor.contactId)).find(({ external_id }) => external_id === other.recordId)).toMatchObject({
      ...{ state: 'linked', origin: 'accord' },
    });
  });

  it('is merged against the sent values, so that an edit is no conflict', async () => {
    const known = await unanswered();
    await hub.edit('square', { givenName: 'Augusta' }, known.recordId);
    const { outOfStep } = await hub.observe(await hub.claim('square', known.recordId));
    expect(outOfStep).toContain('gohighlevel');
    expect((await hub.contact(known.contactId)).fields.givenName).toBe('Augusta');
    expect((await hub.history(known.contactId)).filter(({ kind }) => kind === 'conflict')).toEqual([]);
    await hub.settle(known.contactId, outOfStep);
    expect(await hub.lookUp('gohighlevel', known.phone)).toMatchObject([{ givenName: 'Augusta' }]);
    expect(await hub.link(known.contactId, 'square')).toMatchObject({
      state: 'linked',
      origin: 'accord',
      external_id: known.recordId,
    });
  });

  it('is no match, and nothing to undo, when the answer to the create is stored while it is read', async () => {
    const known = await hub.read('gohighlevel');
    const [isRead, isStored] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slowReader = hub.depsWith('square', (client) => ({
      async read(...given) {
        const record = await client.read(...given);
        isRead.resolve();
        await isStored.promise;
        return record;
      },
    }));
    let reading: Promise<unknown> | undefined;
    const creator = hub.depsWith('square', (client) => ({
      async create(...given) {
        const result = await client.create(...given);
        reading = hub.observe(await hub.claim('square', result.record.externalId), slowReader);
        await isRead.promise;
        return result;
      },
    }));
    await hub.push(known.contactId, 'square', { with: creator });
    isStored.resolve();
    expect(await reading).toMatchObject({ outcome: 'unchanged', contactId: known.contactId });
    expect(await listMerges(hub.accord.db, known.contactId, { standing: true })).toEqual([]);
  });

  it('belongs to the intent that has the reference when its own link is taken', async () => {
    const { contactId, links } = await hub.everywhere();
    const copy = await hub.records<{ customers: string[] }>('square', {
      customers: [
        { given_name: 'Grace', family_name: 'Hopper', reference_id: links.square.reference, phone_number: nextPhone() },
      ],
      webhooks: false,
    });
    const newcomer = await hub.claim('square', copy.customers[0] as string);
    expect(await hub.observe(newcomer)).toMatchObject({ contactId: newcomer.contactId });
    expect((await hub.link(contactId, 'square')).external_id).toBe(links.square.external_id);
  });
});

it('a record that matches a contact with an unanswered create was made by that create', async () => {
  const phone = nextPhone();
  const known = await hub.read('square', { phone, familyName: nextFamilyName() });
  await hub.fault('gohighlevel', { method: 'POST', path: '/contacts/**', dropResponse: true });
  await hub.push(known.contactId, 'gohighlevel').catch(() => {});
  const [landed] = await hub.lookUp('gohighlevel', phone);
  const newcomer = await hub.claim('gohighlevel', landed?.id as string);
  expect(await hub.observe(newcomer)).toMatchObject({ contactId: known.contactId });
  expect(await hub.link(known.contactId, 'gohighlevel')).toMatchObject({
    external_id: landed?.id,
    origin: 'accord',
    state: 'linked',
  });
  expect(await hub.candidates(known.contactId)).toEqual([]);
  expect(await hub.calls('gohighlevel', () => hub.push(known.contactId, 'gohighlevel'))).toEqual([]);
});

describe('a create that is in flight', () => {
  it('delays the match of an equal new record, which it may have made', async () => {
    const person = { phone: nextPhone(), email: 'ada.three@example.com', familyName: nextFamilyName() };
    const known = await hub.read('gohighlevel', person);
    const observed: unknown[] = [];
    const slow = hub.depsWith('square', (client) => ({
      async create(...given) {
        const newcomer = await hub.unread('square', { ...person, phone: person.phone });
        await hub.accord.db.deleteFrom('match_key').where('contact_id', '=', known.contactId).execute();
        observed.push(await hub.observe(newcomer).catch((error: unknown) => error));
        return client.create(...given);
      },
    }));
    await hub.push(known.contactId, 'square', { with: slow });
    expect(observed).toEqual([expect.any(RecordBusyError)]);
  });
});

describe('two processes that read records of one person concurrently', () => {
  it('make one contact in every round', async () => {
    for (let round = 0; round < 25; round += 1) {
      const person = { phone: nextPhone(), email: `race${round}@example.com`, familyName: nextFamilyName() };
      const [one, other] = [await hub.unread('square', person), await hub.unread('google', person)];
      const seen = await Promise.all([hub.observe(one), hub.observe(other, elsewhere)]);
      expect(new Set(seen.map(({ contactId }) => contactId)).size).toBe(1);
      expect((await hub.links(seen[0].contactId)).map(({ provider }) => provider).toSorted()).toEqual(['google', 'square']);
      expect(await hub.candidates(seen[0].contactId)).toEqual([]);
    }
  });

  it('make one contact of three, of which two pairs share a key each', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [phone, email, familyName] = [nextPhone(), `three${round}@example.com`, nextFamilyName()];
      const people = [
        await hub.unread('gohighlevel', { phone, email, familyName }),
        await hub.unread('square', { phone, familyName }),
        await hub.unread('google', { email, phone: null, familyName }),
      ] as const;
      const seen = await Promise.all(people.map((each, at) => hub.observe(each, at % 2 === 0 ? hub.deps : elsewhere)));
      const owners = await Promise.all(seen.map(async ({ contactId }) => (await hub.contact(contactId)).mergedInto ?? contactId));
      expect(new Set(owners).size).toBe(1);
    }
  });

  it('and one record make one contact', async () => {
    for (let round = 0; round < 15; round += 1) {
      const id = (await hub.unread('square')).id;
      const claims = await Promise.all([hub.claim('square', id), hub.claim('square', id)]);
      expect(claims[0].linkId).toBe(claims[1].linkId);
      const outcomes = await Promise.all([hub.observe(claims[0]), hub.observe(claims[1], elsewhere)]);
      expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['changed', 'unchanged']);
    }
  });
});

describe('the statements for a newcomer', () => {
  async function count(mode: MatchingMode, deps = hub.deps): Promise<number> {
    const counting = countStatements(deps.db);
    const newcomer = await hub.unread('gohighlevel', { familyName: nextFamilyName() });
    const matching = { ...defaultRules, mode, maxMergesPerHour: Number.POSITIVE_INFINITY };
    await hub.observe(newcomer, { ...deps, db: counting.db, matching });
    return counting.count();
  }

  it('are two more than without recognising, which stores the keys of a contact, too', async () => {
    expect((await count('auto')) - (await count('off'))).toBe(2);
  });

  it('are no more for keeping erased people out', async () => {
    const { erasureSecret: _, ...withoutErasure } = hub.deps;
    expect(await count('auto')).toBe(await count('auto', withoutErasure));
  });
});
