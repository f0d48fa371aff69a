import { beforeAll, describe, expect, it } from '@jest/globals';
import { pushRecord } from '#activities/contact/push-record.ts';
import { listRefused } from '#db/contacts/refused-keys.ts';
import { toRefusalKeys } from '#domain/refusal.ts';
import { newEndpoint } from '#test/db/delivery/delivery-rows.ts';
import { control } from '#test/setup/accord.ts';
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
  listRefused(on.accord.db, person.contactId, toRefusalKeys((await on.contact(person)).fields));

it('a number that must not be called is not dialled when it arrives under another name, until the refusal is lifted', async () => {
  const { phone, refuser, other } = await refusedAndOther();
  expect(await on.push(other)).toMatchObject({ outcome: 'in-step' });
  expect(await on.link(other, 'calltools')).toBeUndefined();
  expect(await refusedFor(other)).toEqual([
    { channel: 'call', kind: 'phone', value: phone },
    { channel: 'sms', kind: 'phone', value: phone },
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
