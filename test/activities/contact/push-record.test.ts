import { randomUUIDv7 } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { RecordBusyError } from '#activities/failures.ts';
import { releaseLease, takeLease } from '#db/contacts/leases.ts';
import { ConflictError, InvalidRequestError, UnavailableError } from '#providers/errors.ts';
import { control } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { inDialer, nextPhone } from '#test/setup/people.ts';
import { type Person, useActivities } from './direct.ts';

const on = useActivities();
afterEach(async () => {
  await control(on.accord.sandboxes.calltools, 'DELETE', 'faults');
  await control(on.accord.sandboxes.calltools, 'PATCH', 'settings', { duplicateMode: 'merge' });
});

const creates = { method: 'POST', path: '/api/contacts/' };
const fault = (what: object) => control(on.accord.sandboxes.calltools, 'POST', 'faults', { times: 1, ...what });
/** A search index that lags returns nothing. */
const emptyList = { count: 0, next: null, previous: null, results: [] };
const dialer = (change: object) => control<{ created: number[] }>(on.accord.sandboxes.calltools, 'POST', 'records', change);
const attempts = async (person: Person) =>
  on.accord.db
    .selectFrom('write_attempt')
    .selectAll()
    .where('link_id', '=', (await on.link(person, 'calltools')).id)
    .orderBy('id')
    .execute();

/** The requests that the dialer received while `work` ran, such as `POST /api/contacts/`. */
async function calls(work: () => Promise<unknown>): Promise<string[]> {
  const before = on.accord.sandboxes.calltools.requests().at(-1)?.sequence ?? 0;
  await work();
  return on.accord.sandboxes.calltools.requests(before).map(({ method, path }) => `${method} ${path.split('?')[0]}`);
}

/** A person who belongs in the dialer and has no record there. */
async function lead(contact: object = {}): Promise<Person> {
  const person = await on.unseen({ tags: ['cold lead'], ...contact });
  await on.observe(person);
  return person;
}

async function pushedLead(contact: object = {}): Promise<Person & { recordId: number }> {
  const person = await lead(contact);
  await on.push(person);
  const [record] = await inDialer(on.accord, person.phone);
  return { ...person, recordId: record?.id as number };
}

it('is done with a contact that is not stored: Temporal may know it from before a restore', async () => {
  expect(await on.push({ contactId: randomUUIDv7() })).toEqual({ outcome: 'gone', outOfStep: [] });
});

describe('a contact that is in step', () => {
  it('makes no call', async () => {
    const ada = await pushedLead();
    expect(await calls(() => on.push(ada))).toEqual([]);
    expect(await on.push(ada)).toMatchObject({ outcome: 'in-step' });
    expect(await attempts(ada)).toHaveLength(1);
  });

  it.each([
    ['belongs to no audience', { tags: [] }],
    ['must not be called', { dnd: true }],
    ['is a customer', { tags: ['cold lead', 'customer'] }],
  ])('makes no call and no link when it %s', async (_what, contact) => {
    const ada = await lead(contact);
    expect(await calls(() => on.push(ada))).toEqual([]);
    expect(await on.link(ada, 'calltools')).toBeUndefined();
  });
});

describe('a write attempt', () => {
  it('is stored before anything is sent, and resolved afterwards', async () => {
    const ada = await lead();
    await fault({ ...creates, latencyMs: 5_000 });
    const sent = calls(async () => {
      const pushing = on.push(ada);
      await eventually(async () => {
        expect(await attempts(ada)).toMatchObject([{ operation: 'create', outcome: null, resolved_at: null, cause: 'test' }]);
      });
      expect(await inDialer(on.accord, ada.phone)).toEqual([]);
      expect(await on.link(ada, 'calltools')).toMatchObject({ state: 'intent', intent_payload: { givenName: 'Ada' } });
      await pushing;
    });
    expect(await sent).toContain('POST /api/contacts/');
    expect(await attempts(ada)).toMatchObject([
      { outcome: 'landed', resolved_at: expect.any(Date), patch: { set: { givenName: 'Ada' } } },
    ]);
  });

  it('is refused when the dialer refuses it, with the error on the link', async () => {
    const ada = await lead();
    await fault({ ...creates, status: 400, body: { first_name: ['No.'] } });
    await expect(on.push(ada)).rejects.toBeInstanceOf(InvalidRequestError);
    expect(await attempts(ada)).toMatchObject([{ outcome: 'refused' }]);
    expect(await on.link(ada, 'calltools')).toMatchObject({
      last_error: { type: 'InvalidRequestError', status: 400 },
      lease_owner: null,
    });
  });

  it('stays open while its outcome is unknown, and is resolved by the next write', async () => {
    const ada = await lead();
    await fault({ ...creates, status: 503, body: 'down' });
    await expect(on.push(ada)).rejects.toBeInstanceOf(UnavailableError);
    expect(await attempts(ada)).toMatchObject([{ outcome: null }]);
    await on.push(ada);
    expect(await attempts(ada)).toMatchObject([{ outcome: 'landed' }, { outcome: 'landed' }]);
    expect(await on.link(ada, 'calltools')).toMatchObject({ state: 'linked', last_error: null });
  });
});

describe('a change by an agent in the dialer', () => {
  it('survives in the fields that the push does not write', async () => {
    const ada = await pushedLead();
    await dialer({ update: [{ id: ada.recordId, last_name: 'Byron', city: 'London' }] });
    await on.changeInGhl(ada.id, { firstName: 'Augusta' });
    await on.observe(ada);
    expect(await on.push(ada)).toMatchObject({ outcome: 'updated' });
    expect(await inDialer(on.accord, ada.phone)).toMatchObject([{ first_name: 'Augusta', last_name: 'Byron', city: 'London' }]);
    expect((await on.history(ada)).filter(({ kind }) => kind === 'conflict')).toEqual([]);
  });

  it('is recorded in the history when our change overwrites it', async () => {
    const ada = await pushedLead();
    await dialer({ update: [{ id: ada.recordId, first_name: 'Addie' }] });
    await on.changeInGhl(ada.id, { firstName: 'Augusta' });
    await on.observe(ada);
    await on.push(ada);
    expect(await inDialer(on.accord, ada.phone)).toMatchObject([{ first_name: 'Augusta' }]);
    expect((await on.history(ada)).filter(({ kind }) => kind === 'conflict')).toEqual([
      expect.objectContaining({ provider: 'calltools', field: 'givenName', losing: 'Addie', after: 'Augusta' }),
    ]);
  });

  it('is no conflict when it equals our change', async () => {
    const ada = await pushedLead();
    await dialer({ update: [{ id: ada.recordId, first_name: 'Augusta' }] });
    await on.changeInGhl(ada.id, { firstName: 'Augusta' });
    await on.observe(ada);
    await on.push(ada);
    expect((await on.history(ada)).filter(({ kind }) => kind === 'conflict')).toEqual([]);
  });

  it('is final for a deletion: the record is not created again', async () => {
    const ada = await pushedLead();
    await dialer({ delete: [ada.recordId] });
    await on.changeInGhl(ada.id, { firstName: 'Augusta' });
    await on.observe(ada);
    expect(await on.push(ada)).toMatchObject({ outcome: 'gone' });
    expect(await on.link(ada, 'calltools')).toMatchObject({ state: 'tombstoned' });
    expect(await attempts(ada)).toMatchObject([{ outcome: 'landed' }]);
    expect(await on.contact(ada)).toMatchObject({ isDeleted: false });

    await on.changeInGhl(ada.id, { firstName: 'Ada' });
    await on.observe(ada);
    expect(await calls(() => on.push(ada))).toEqual([]);
    expect(await inDialer(on.accord, ada.phone)).toEqual([]);
  });
});

describe('a create whose answer was lost', () => {
  it('is found by our reference, changed or not, and not repeated', async () => {
    await control(on.accord.sandboxes.calltools, 'PATCH', 'settings', { duplicateMode: 'create' });
    const ada = await lead();
    await fault({ ...creates, dropResponse: true });
    await expect(on.push(ada)).rejects.toBeInstanceOf(UnavailableError);
    await on.changeInGhl(ada.id, { firstName: 'Augusta' });
    await on.observe(ada);
    expect(await on.push(ada)).toMatchObject({ outcome: 'adopted' });
    expect(await inDialer(on.accord, ada.phone)).toMatchObject([{ first_name: 'Augusta', bucketNames: ['Cold Leads'] }]);
    expect(await on.link(ada, 'calltools')).toMatchObject({ state: 'linked', intent_payload: null });
  });

  it('is found by our reference after an agent changed its name', async () => {
    const ada = await lead();
    await fault({ ...creates, dropResponse: true });
    await expect(on.push(ada)).rejects.toBeInstanceOf(UnavailableError);
    const landed = await eventually(async () => {
      const [record] = await inDialer(on.accord, ada.phone);
      expect(record).toBeDefined();
      return record;
    });
    await dialer({ update: [{ id: landed?.id, first_name: 'Grace', last_name: 'Hopper' }] });
    expect(await on.push(ada)).toMatchObject({ outcome: 'adopted' });
    expect((await on.link(ada, 'calltools')).external_id).toBe(String(landed?.id));
  });

  it('is found by the phone number that it carried after the contact got another one', async () => {
    await control(on.accord.sandboxes.calltools, 'PATCH', 'settings', { duplicateMode: 'create' });
    const ada = await lead();
    await fault({ ...creates, dropResponse: true });
    await expect(on.push(ada)).rejects.toBeInstanceOf(UnavailableError);
    const moved = nextPhone();
    await on.changeInGhl(ada.id, { phone: moved });
    await on.observe(ada);
    await on.push(ada);
    expect(await inDialer(on.accord, moved)).toMatchObject([{ first_name: 'Ada' }]);
    expect(await inDialer(on.accord, ada.phone)).toEqual([]);
  });

  it('is found and emptied when the contact has left its audience', async () => {
    const ada = await lead();
    await fault({ ...creates, dropResponse: true });
    await expect(on.push(ada)).rejects.toBeInstanceOf(UnavailableError);
    await on.changeInGhl(ada.id, { tags: [] });
    expect(await on.observe(ada)).toMatchObject({ outOfStep: ['calltools'] });
    await on.push(ada);
    expect(await inDialer(on.accord, ada.phone)).toMatchObject([{ bucketNames: [] }]);
  });

  it('is abandoned if it did not land and the contact has left its audience', async () => {
    const ada = await lead();
    await fault({ ...creates, status: 503, body: 'down' });
    await expect(on.push(ada)).rejects.toBeInstanceOf(UnavailableError);
    await on.changeInGhl(ada.id, { tags: [] });
    await on.observe(ada);
    expect(await calls(() => on.push(ada))).not.toContain('POST /api/contacts/');
    expect(await on.link(ada, 'calltools')).toMatchObject({ state: 'detached' });
    expect(await attempts(ada)).toMatchObject([{ outcome: 'superseded' }]);

    await on.changeInGhl(ada.id, { tags: ['cold lead'] });
    await on.observe(ada);
    expect(await on.push(ada)).toMatchObject({ outcome: 'created' });
    expect(await on.link(ada, 'calltools')).toMatchObject({ state: 'linked', generation: 2 });
  });
});

describe('a record that exists in the dialer', () => {
  const strangers = (...contacts: object[]) => dialer({ create: contacts });

  it('is adopted by phone number when the name is compatible', async () => {
    const phone = nextPhone();
    const { created } = await strangers({ first_name: 'Ada', last_name: 'Lovelace', mobile_phone_number: phone });
    const ada = await lead({ phone });
    expect(await on.push(ada)).toMatchObject({ outcome: 'adopted' });
    expect(await inDialer(on.accord, phone)).toMatchObject([{ id: created[0], bucketNames: ['Cold Leads'] }]);
    expect((await on.link(ada, 'calltools')).external_id).toBe(String(created[0]));
  });

  it.each([
    ['was found before the create', () => {}],
    [
      'was returned by the dialer for our create',
      () => fault({ method: 'GET', path: '/api/contacts/', status: 200, body: emptyList }),
    ],
  ])('keeps agents’ values of blank fields when it %s, also after a later change and a read', async (_how, hide) => {
    const phone = nextPhone();
    await strangers({ first_name: 'Ada', last_name: 'Lovelace', mobile_phone_number: phone, city: 'London' });
    const ada = await lead({ phone });
    await hide();
    expect(await on.push(ada)).toMatchObject({ outcome: 'adopted' });
    await on.observe({ linkId: (await on.link(ada, 'calltools')).id });
    await on.changeInGhl(ada.id, { firstName: 'Adele' });
    await on.observe(ada);
    await on.push(ada);
    expect(await inDialer(on.accord, phone)).toMatchObject([
      { first_name: 'Adele', city: 'London', bucketNames: ['Cold Leads'] },
    ]);
    expect(await on.push(ada)).toMatchObject({ outcome: 'in-step' });
  });

  it('keeps its email when the contact has it among others: the dialer holds one', async () => {
    const phone = nextPhone();
    await strangers({
      first_name: 'Ada',
      last_name: 'Lovelace',
      mobile_phone_number: phone,
      personal_email_address: 'old@example.com',
    });
    const ada = await lead({ phone, email: 'new@example.com' });
    await on.push(ada);
    expect(await inDialer(on.accord, phone)).toMatchObject([{ personal_email_address: 'old@example.com' }]);
    const { emails } = (await on.contact(ada)).fields;
    expect(emails.map(({ address }) => address)).toEqual(['new@example.com', 'old@example.com']);
    expect((await on.history(ada)).filter(({ kind }) => kind === 'conflict')).toEqual([]);
  });

  it('is left to a person when it has another name', async () => {
    const phone = nextPhone();
    const { created } = await strangers({ first_name: 'Grace', last_name: 'Hopper', mobile_phone_number: phone });
    const ada = await lead({ phone });
    const refusal = await on.push(ada).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConflictError);
    expect(refusal).toMatchObject({
      existingId: String(created[0]),
      message: expect.stringMatching(/under another name or birthday: .* then retry$/),
    });
    expect((refusal as Error).message).not.toMatch(/Grace|Hopper|Ada|512555/);
    expect(await inDialer(on.accord, phone)).toMatchObject([{ first_name: 'Grace', bucketNames: [] }]);
  });

  it('is left to a person when there are several', async () => {
    await control(on.accord.sandboxes.calltools, 'PATCH', 'settings', { duplicateMode: 'create' });
    const phone = nextPhone();
    const ada = { first_name: 'Ada', last_name: 'Lovelace', mobile_phone_number: phone };
    const { created } = await strangers(ada, ada);
    const person = await lead({ phone });
    await expect(on.push(person)).rejects.toThrow(`(${created.join(', ')}): merge them there, then retry`);
    expect(await inDialer(on.accord, phone)).toHaveLength(2);
  });

  it('is left to a person when it belongs to another contact', async () => {
    const first = await pushedLead();
    await control(on.accord.sandboxes.gohighlevel, 'PATCH', 'settings', { allowDuplicateContact: true });
    const second = await lead({ phone: first.phone, firstName: 'Grace' });
    expect(second.contactId).not.toBe(first.contactId);
    await expect(on.push(second)).rejects.toThrow(`belongs to contact ${first.contactId}`);
    expect(await inDialer(on.accord, first.phone)).toHaveLength(1);
  });
});

describe('another writer', () => {
  it('blocks the write while it holds the lease', async () => {
    const ada = await pushedLead();
    await on.changeInGhl(ada.id, { firstName: 'Augusta' });
    await on.observe(ada);
    const { id } = await on.link(ada, 'calltools');
    await takeLease(on.accord.db, id, 'another', 45);
    const sent = await calls(() => expect(on.push(ada)).rejects.toBeInstanceOf(RecordBusyError));
    expect(sent.filter((call) => !call.startsWith('GET'))).toEqual([]);
    expect(await attempts(ada)).toHaveLength(1);
    await releaseLease(on.accord.db, id, 'another');
    expect(await on.push(ada)).toMatchObject({ outcome: 'updated' });
  });

  it('gets the lease as soon as a write has ended, successful or not', async () => {
    const ada = await lead();
    await fault({ ...creates, status: 503, body: 'down' });
    await on.push(ada, 'one').catch(() => {});
    expect(await on.push(ada, 'other')).toMatchObject({ outcome: 'created' });
    expect(await on.link(ada, 'calltools')).toMatchObject({ lease_owner: null, lease_until: null });
  });

  it('blocks a create with the same phone number', async () => {
    await control(on.accord.sandboxes.gohighlevel, 'PATCH', 'settings', { allowDuplicateContact: true });
    const first = await lead();
    const second = await lead({ phone: first.phone, firstName: 'Grace', lastName: 'Hopper' });
    await fault({ ...creates, latencyMs: 5_000 });
    const pushing = on.push(first, 'one');
    await eventually(async () => expect(await on.link(first, 'calltools')).toMatchObject({ lease_owner: 'one' }));
    await expect(on.push(second, 'other')).rejects.toBeInstanceOf(RecordBusyError);
    expect(await pushing).toMatchObject({ outcome: 'created' });
  });
});

it('records the names of the pushed fields, not their values', async () => {
  const ada = await pushedLead();
  const pushed = (await on.history(ada)).find(({ kind }) => kind === 'pushed');
  expect(pushed).toMatchObject({
    actor: 'accord',
    provider: 'calltools',
    after: expect.arrayContaining(['givenName', 'phones', 'lists']),
  });
  expect(JSON.stringify(pushed)).not.toMatch(/Ada|512555/);
});
