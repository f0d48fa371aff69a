import { beforeAll, describe, expect, it } from '@jest/globals';
import { pushRecord } from '#activities/contact/push-record.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { decideConsent } from '#contacts/consent/decide-consent.ts';
import { liftSuppressions, refreshHolders, suppress } from '#contacts/consent/suppress.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { listEvidence } from '#db/consent/evidence.ts';
import { lockContact } from '#db/contacts/contacts.ts';
import { markDirty } from '#db/contacts/dirty-links.ts';
import { listRefused } from '#db/contacts/refused-keys.ts';
import { type RefusalKey, toReachKeys } from '#domain/refusal.ts';
import type { ProviderClient } from '#providers/provider.ts';
import { newEndpoint } from '#test/db/delivery/delivery-rows.ts';
import { control } from '#test/setup/accord.ts';
import { untilLocksWait } from '#test/setup/lock-waits.ts';
import { nextPhone } from '#test/setup/people.ts';
import { type Person, useActivities } from './direct.ts';

const on = useActivities();
beforeAll(() => control(on.accord.sandboxes.gohighlevel, 'PATCH', 'settings', { allowDuplicateContact: true }));

async function arrive(contact: object): Promise<Person> {
  const person = await on.unseen({ tags: ['cold lead'], ...contact });
  return { ...person, contactId: (await on.observe(person)).contactId };
}

/** Two contacts of one number: the account allows duplicates. */
async function refusedAndOther() {
  const phone = nextPhone();
  const refuser = await arrive({ phone, dnd: true });
  const other = await arrive({ firstName: 'Grace', lastName: 'Hopper', phone });
  expect(other.contactId).not.toBe(refuser.contactId);
  return { phone, refuser, other };
}

const refusedFor = async (person: Person) =>
  listRefused(on.accord.db, person.contactId, toReachKeys((await on.contact(person)).fields, undefined));

it('a number that must not be called is not dialled when it arrives under another name, until the refusal is lifted', async () => {
  const { phone, refuser, other } = await refusedAndOther();
  expect(await on.push(other)).toMatchObject({ outcome: 'in-step' });
  expect(await on.link(other, 'calltools')).toBeUndefined();
  expect(await refusedFor(other)).toEqual([
    { channel: 'call', kind: 'phone', value: phone, isListed: false },
    { channel: 'sms', kind: 'phone', value: phone, isListed: false },
  ]);

  await on.changeInGhl(refuser.id, { dnd: false });
  await on.observe(refuser);
  expect(await refusedFor(other)).toEqual([]);
  expect(await on.link(other, 'gohighlevel')).toMatchObject({ changed_at: expect.any(Date) });
  expect(await on.observe(other)).toMatchObject({ outOfStep: ['calltools'] });
});

it('a refusal that comes later takes others with the number out of the dialer', async () => {
  const phone = nextPhone();
  const other = await arrive({ phone });
  await on.push(other);
  const refuser = await arrive({ firstName: 'Grace', lastName: 'Hopper', phone, dnd: true });
  expect(refuser.contactId).not.toBe(other.contactId);
  expect(await on.link(other, 'gohighlevel')).toMatchObject({ changed_at: expect.any(Date) });
  expect(await on.observe(other)).toMatchObject({ outOfStep: ['gohighlevel', 'calltools'] });
});

it('a number stays refused when the contact that refused it has another one by now', async () => {
  const phone = nextPhone();
  const refuser = await arrive({ phone, dnd: true });
  await on.changeInGhl(refuser.id, { phone: nextPhone() });
  await on.observe(refuser);
  const other = await arrive({ firstName: 'Grace', lastName: 'Hopper', phone });
  expect(await on.push(other)).toMatchObject({ outcome: 'in-step' });
});

interface GhlRecords {
  contacts: { id: string; dndSettings?: Record<string, { status: string }> }[];
}

/** The channels that GHL does not use for a person. */
async function deniedAtGhl({ id, contactId }: Person): Promise<string[]> {
  await pushRecord(on.accord.deps, { contactId, provider: 'gohighlevel', cause: 'test', owner: 'test' }, {});
  const { contacts } = await control<GhlRecords>(on.accord.sandboxes.gohighlevel, 'GET', 'records');
  const settings = Object.entries(contacts.find((contact) => contact.id === id)?.dndSettings ?? {});
  return settings.filter(([, { status }]) => status === 'active').map(([channel]) => channel);
}

const deny = (...channels: string[]) => ({
  dndSettings: Object.fromEntries(channels.map((channel) => [channel, { status: 'active' }])),
});

describe('a refusal by channel', () => {
  it.each([
    ['texts to a number', 'SMS', 'phone', ['SMS']],
    ['emails to a mailbox', 'Email', 'email', ['Email']],
    ['emails to a mailbox of many', 'Email', 'office', ['Email']],
    ['texts to a number, for a mailbox', 'SMS', 'email', []],
    ['emails to a mailbox, for a number', 'Email', 'phone', []],
    ['calls to a number', 'Call', 'phone', ['Call']],
    ['calls to a mailbox', 'Call', 'email', ['Call']],
    ['calls, for a mailbox of many', 'Call', 'office', []],
  ])('of %s is held at vendors under another name', async (_what, channel, shared, denied) => {
    const phone = nextPhone();
    const host = `h${phone.slice(1)}.example`;
    const keys = { phone, email: `${shared === 'office' ? 'office' : 'ada'}@${host}` };
    await arrive({ ...keys, ...deny(channel) });
    const key = shared === 'phone' ? { phone } : { phone: nextPhone(), email: keys.email };
    const other = await arrive({ firstName: 'Grace', lastName: 'Hopper', ...key });
    expect(await deniedAtGhl(other)).toEqual(denied);
    // It is not the contact's own: only whoever refused lifts it.
    await on.observe(other);
    expect((await on.contact(other)).fields.doNotContact).toEqual({ call: false, sms: false, email: false });
    await on.push(other);
    expect((await on.link(other, 'calltools')) === undefined).toBe(denied.includes('Call'));
  });

  it.each(['ada', 'office'])(
    'that comes later reaches records of others with the mailbox %s@, and subscribers',
    async (local) => {
      await newEndpoint(on.accord.db, {});
      const phone = nextPhone();
      const email = `${local}@h${phone.slice(1)}.example`;
      const other = await arrive({ phone, email });
      expect(await deniedAtGhl(other)).toEqual([]);
      const refuser = await arrive({ firstName: 'Grace', lastName: 'Hopper', phone: nextPhone(), email, ...deny('Email') });
      expect(refuser.contactId).not.toBe(other.contactId);
      expect(await on.link(other, 'gohighlevel')).toMatchObject({ changed_at: expect.any(Date) });
      expect((await on.observe(other)).outOfStep).toContain('gohighlevel');
      expect(await deniedAtGhl(other)).toEqual(['Email']);
      const events = await on.accord.db
        .selectFrom('outbox_event')
        .select('body')
        .where('contact_id', '=', other.contactId)
        .where('type', '=', 'lead_update')
        .execute();
      const changes = events.map(({ body }) => JSON.parse(body.toString()).data.changes);
      expect(changes).toEqual([{ do_not_contact: { call: false, sms: false, email: true } }]);

      await on.changeInGhl(refuser.id, { dndSettings: { Email: { status: 'inactive' } } });
      await on.observe(refuser);
      expect((await on.contact(other)).heldRefusals).toEqual(['email']);
      await on.observe(other);
      expect((await on.contact(other)).heldRefusals).toEqual([]);
    },
  );
});

/** Puts the number on the suppression list, as the api does. */
const suppressCalls = (value: string) => inTransaction(on.accord.deps, (transaction) => suppress(transaction, listed(value)));

const listed = (value: string) => ({
  keys: [{ channel: 'call', kind: 'phone', value }] satisfies RefusalKey[],
  ...({ source: 'operator', actor: 'api-key:test', reason: 'asked by phone' } as const),
});

interface DialerRecord {
  buckets: unknown[];
  do_not_contact: boolean;
  mobile_phone_number?: string;
}

/** What the dialer holds of the person. */
async function inDialer(person: Person): Promise<DialerRecord | undefined> {
  const link = await on.link(person, 'calltools');
  const { contacts } = await control<{ contacts: (DialerRecord & { id: number })[] }>(
    on.accord.sandboxes.calltools,
    'GET',
    'records',
  );
  return contacts.find(({ id }) => String(id) === link?.external_id);
}

/** The dependencies with another client of the dialer. */
function withDialer(change: (client: ProviderClient) => Partial<ProviderClient>): ActivityDeps {
  const { deps } = on.accord;
  const connected = deps.providers.get('calltools');
  if (!connected) throw new Error('CallTools is not connected');
  const client = { ...connected.client, ...change(connected.client) };
  return { ...deps, providers: new Map([...deps.providers, ['calltools', { ...connected, client }]]) };
}

const pushWith = (deps: ActivityDeps, { contactId }: Person, owner = 'test') =>
  pushRecord(deps, { contactId, provider: 'calltools', cause: 'test', owner }, {});

describe('a number on the suppression list', () => {
  it('is refused for a contact that comes later, with and without an extension', async () => {
    const phone = nextPhone();
    await suppressCalls(phone);
    const later = await arrive({ phone });
    const colleague = await arrive({ firstName: 'Grace', lastName: 'Hopper', phone: `${phone} ext 12` });
    for (const person of [later, colleague]) {
      expect(await on.push(person)).toMatchObject({ outcome: 'in-step' });
      expect(await on.link(person, 'calltools')).toBeUndefined();
      expect(await deniedAtGhl(person)).toEqual(['Call']);
    }
  });

  it('takes a person out of the dialer, and marks the records of everybody with the number in its transaction', async () => {
    const phone = nextPhone();
    const dialled = await arrive({ phone });
    await on.push(dialled);
    expect((await inDialer(dialled))?.buckets).toHaveLength(1);
    const other = await arrive({ firstName: 'Grace', lastName: 'Hopper', phone });
    await suppressCalls(phone);
    for (const person of [dialled, other]) {
      expect(await on.link(person, 'gohighlevel')).toMatchObject({ changed_at: expect.any(Date) });
      await on.observe(person);
    }
    await on.push(dialled);
    await on.push(other);
    expect(await inDialer(dialled)).toMatchObject({ buckets: [], do_not_contact: true });
    expect(await on.link(other, 'calltools')).toBeUndefined();
  });

  it('that arrives while a create is being prepared stops the create', async () => {
    const person = await arrive({});
    const deps = withDialer((client) => ({
      find: async (...query) => {
        const found = await client.find(...query);
        await suppressCalls(person.phone);
        return found;
      },
    }));
    await expect(pushWith(deps, person)).rejects.toThrow('must not be called');
    expect(await pushWith(on.accord.deps, person)).toMatchObject({ outcome: 'in-step' });
    expect(await inDialer(person)).toBeUndefined();
  });

  it('waits for a sync of its contact before it locks the record, so that neither ends the other', async () => {
    const person = await arrive({});
    const { keys } = listed(person.phone);
    const link = await on.link(person, 'gohighlevel');
    let runs = 0;
    let suppressing: Promise<unknown> = Promise.resolve();
    await on.accord.db.transaction().execute(async (sync) => {
      await lockContact(sync, person.contactId);
      suppressing = inTransaction(on.accord.deps, async (transaction) => {
        runs += 1;
        await suppress(transaction, listed(person.phone));
        await refreshHolders(transaction, keys);
      });
      await untilLocksWait(on.accord.db);
      await markDirty(sync, [link?.id ?? '']);
    });
    await suppressing;
    expect(runs).toBe(1);
  });

  it('that arrives while the create is under way is followed by the removal, in the same push', async () => {
    const person = await arrive({});
    const deps = withDialer((client) => ({
      create: async (...request) => {
        const created = await client.create(...request);
        await suppressCalls(person.phone);
        return created;
      },
    }));
    await pushWith(deps, person);
    expect(await inDialer(person)).toMatchObject({ buckets: [], do_not_contact: true });
  });

  it('may be called again once it is lifted for a reason', async () => {
    const person = await arrive({});
    const { added } = await suppressCalls(person.phone);
    const ids = added.map(({ id }) => id);
    const lift = { ids, actor: 'api-key:test', reason: 'signed on 28 November' };
    await inTransaction(on.accord.deps, (transaction) => liftSuppressions(transaction, lift));
    await on.observe(person);
    await on.push(person);
    expect((await inDialer(person))?.buckets).toHaveLength(1);
    expect(await evidenceOf(person)).toEqual([
      'lifted call operator api-key:test signed on 28 November',
      'denied call operator api-key:test asked by phone',
    ]);
  });
});

async function evidenceOf(person: Person): Promise<string[]> {
  const keys = toReachKeys((await on.contact(person)).fields, undefined).all;
  const rows = await listEvidence(on.accord.db, person.contactId, { keys, limit: 50 });
  return rows.map(({ decision, channel, source, actor, reason }) =>
    [decision, channel, source, actor, reason ?? ''].join(' ').trim(),
  );
}

describe('a person in Accord who marks a contact as not to be contacted', () => {
  const decide = (person: Person, decision: 'deny' | 'lift') =>
    inTransaction(on.accord.deps, (transaction) =>
      decideConsent(transaction, {
        ...{ contactId: person.contactId, decision, channels: ['call'], wording: null },
        ...{ reason: 'a letter', actor: 'api-key:test' },
      }),
    );

  it('wins over a vendor that lifts its own refusal', async () => {
    const person = await arrive(deny('Call'));
    await decide(person, 'deny');
    await on.changeInGhl(person.id, { dndSettings: { Call: { status: 'inactive' } } });
    await on.observe(person);
    expect((await on.contact(person)).fields.doNotContact).toMatchObject({ call: true });
    expect(await deniedAtGhl(person)).toEqual(['Call']);
    expect(await evidenceOf(person)).toEqual([
      'lifted call account gohighlevel',
      'denied call operator api-key:test a letter',
      'denied call account gohighlevel',
    ]);
  });

  it('lifts the refusals of every record, and names those that go on refusing', async () => {
    const person = await arrive(deny('Call'));
    const { refusalsLeft } = await decide(person, 'lift');
    expect(refusalsLeft).toMatchObject([{ provider: 'gohighlevel', externalId: person.id, channels: ['call'] }]);
    await on.observe(person);
    await on.push(person);
    expect((await inDialer(person))?.buckets).toHaveLength(1);
  });
});
