import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const ghl = await startHarness();
const { api, control, create, locationId, set } = ghl;
const read = async (id: string) => (await api('GET', `/contacts/${id}`)).json.contact;

beforeEach(() => ghl.reset());
afterAll(() => ghl.close());

const ada = {
  firstName: 'Ada',
  lastName: 'Lovelace',
  email: 'Ada@Example.com',
  phone: '+1 202-555-0143',
  companyName: 'Engines',
  tags: ['vip'],
};

describe('creating a contact', () => {
  it('HighLevel docs: returns 201 with other fields than a read', async () => {
    const created = await api('POST', '/contacts/', { locationId, ...ada });
    expect(created.status).toBe(201);
    expect(created.json.contact).toMatchObject({ firstName: 'Ada', deleted: false, offers: [], products: [] });
    expect(created.json.contact).not.toHaveProperty('name');
    const contact = await read(created.json.contact.id);
    expect(contact).toMatchObject({ name: 'Ada Lovelace' });
    expect(contact).not.toHaveProperty('deleted');
  });

  it('integrators report: sets a 20-character id, type lead, the location’s country and lower-case copies', async () => {
    const contact = await read(await create(ada));
    expect(contact).toMatchObject({
      id: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
      ...{ type: 'lead', country: 'US', dnd: false, email: 'Ada@Example.com', emailLowerCase: 'ada@example.com' },
      ...{ firstNameLowerCase: 'ada', lastNameLowerCase: 'lovelace', fullNameLowerCase: 'ada lovelace' },
      dateAdded: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it('integrators report (api-docs issue 289): omits empty fields instead of returning null', async () => {
    const contact = await read(await create({ firstName: 'Ada', lastName: '', email: null }));
    for (const name of ['lastName', 'email', 'emailLowerCase', 'phone', 'city']) expect(contact).not.toHaveProperty(name);
  });

  it.each([
    ['+1 888-888-8888', '+18888888888'],
    ['(202) 555-0143', '+12025550143'],
    ['+44 20 7946 0958', '+442079460958'],
  ])('HighLevel docs (examples): returns a phone in E.164, %s as %s', async (sent, stored) => {
    expect((await read(await create({ phone: sent }))).phone).toBe(stored);
  });

  it('integrators report: parses a phone without country code by the location’s country', async () => {
    set({ defaultCountry: 'GB' });
    expect((await read(await create({ phone: '020 7946 0958' }))).phone).toBe('+442079460958');
  });

  it('stores an invalid phone as it is, or returns 422: it is not documented', async () => {
    expect((await read(await create({ phone: '000' }))).phone).toBe('000');
    set({ unparsablePhone: 'reject' });
    expect((await api('POST', '/contacts/', { locationId, phone: '000' })).status).toBe(422);
  });

  it.each(['1815-12-10', '1815.12.10', '12/10/1815', '12-10-1815', '12_10_1815'])(
    'HighLevel docs: accepts the date of birth as %s',
    async (dateOfBirth) => {
      expect((await read(await create({ dateOfBirth }))).dateOfBirth).toBe('1815-12-10');
    },
  );

  it('splits a full name', async () => {
    expect(await read(await create({ name: 'Ada King Lovelace' }))).toMatchObject({
      firstName: 'Ada',
      lastName: 'King Lovelace',
    });
  });

  it.each([
    { country: 'usa' },
    { dateOfBirth: 'soon' },
    { dndSettings: { Fax: { status: 'active' } } },
    { locationId: undefined },
  ])('returns 422 for %j', async (wrong) => {
    expect((await api('POST', '/contacts/', { locationId, ...wrong })).status).toBe(422);
  });
});

describe('updating a contact', () => {
  it('HighLevel docs: returns 200 with `succeded`, in this spelling', async () => {
    const answer = await api('PUT', `/contacts/${await create(ada)}`, { city: 'London' });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ succeded: true, contact: { city: 'London', name: 'Ada Lovelace' } });
  });

  it('integrators report: omitted fields stay, null clears', async () => {
    const id = await create(ada);
    await api('PUT', `/contacts/${id}`, { lastName: null, city: 'London' });
    const contact = await read(id);
    expect(contact).toMatchObject({ firstName: 'Ada', city: 'London', companyName: 'Engines', phone: '+12025550143' });
    expect(contact).not.toHaveProperty('lastName');
  });

  it('HighLevel docs: replaces the whole list of tags', async () => {
    const id = await create({ tags: ['one', 'two'] });
    await api('PUT', `/contacts/${id}`, { tags: ['three'] });
    expect((await read(id)).tags).toEqual(['three']);
  });

  it.each(['gender', 'locationId', 'additionalPhones'])('HighLevel docs: refuses %s', async (name) => {
    const answer = await api('PUT', `/contacts/${await create({})}`, { [name]: 'x' });
    expect(answer.status).toBe(422);
    expect(answer.json.message).toEqual([`property ${name} should not exist`]);
  });

  it('changes dateUpdated and keeps dateAdded', async () => {
    const before = await read(await create(ada));
    await control('POST', '/clock', { advanceMs: 60_000 });
    await api('PUT', `/contacts/${before.id}`, { city: 'London' });
    const after = await read(before.id);
    expect(after.dateAdded).toBe(before.dateAdded);
    expect(Date.parse(after.dateUpdated) - Date.parse(before.dateUpdated)).toBeGreaterThanOrEqual(60_000);
  });

  it('HighLevel docs: stores do-not-disturb as a whole, per channel and for inbound', async () => {
    const dnd = {
      dnd: true,
      dndSettings: { SMS: { status: 'permanent', message: 'STOP', code: '30004' } },
      inboundDndSettings: { all: { status: 'active' } },
    };
    const id = await create(ada);
    expect((await api('PUT', `/contacts/${id}`, dnd)).status).toBe(200);
    expect(await read(id)).toMatchObject({ dnd: true, dndSettings: dnd.dndSettings });
  });
});

describe('custom fields', () => {
  beforeEach(() =>
    control('POST', '/records', {
      customFields: [
        { id: 'Field000000000000001', name: 'Accord Id' },
        { name: 'Budget', dataType: 'NUMERICAL' },
      ],
    }),
  );

  it('HighLevel docs: are written as `field_value` by id or key and read as `value` by id', async () => {
    const customFields = [
      { id: 'Field000000000000001', field_value: 'abc' },
      { key: 'budget', field_value: 12 },
    ];
    const contact = await read(await create({ customFields }));
    expect(contact.customFields).toEqual([
      { id: 'Field000000000000001', value: 'abc' },
      { id: expect.stringMatching(/^\w{20}$/), value: 12 },
    ]);
  });

  it('integrators believe: are kept by a PUT that omits them', async () => {
    const id = await create({ customFields: [{ key: 'contact.accord_id', field_value: 'abc' }] });
    await api('PUT', `/contacts/${id}`, { customFields: [{ key: 'budget', field_value: 5 }] });
    expect((await read(id)).customFields.map(({ value }: { value: unknown }) => value)).toEqual(['abc', 5]);
    await api('PUT', `/contacts/${id}`, { customFields: [{ key: 'budget', field_value: null }] });
    expect((await read(id)).customFields).toEqual([{ id: 'Field000000000000001', value: 'abc' }]);
  });

  it('are refused with `value` instead of `field_value`', async () => {
    expect((await api('POST', '/contacts/', { locationId, customFields: [{ key: 'budget', value: 1 }] })).status).toBe(422);
  });
});

describe('deleted and foreign contacts', () => {
  it('HighLevel docs: DELETE returns `succeded`', async () => {
    const answer = await api('DELETE', `/contacts/${await create(ada)}`);
    expect([answer.status, answer.json.succeded]).toEqual([200, true]);
  });

  it.each([400, 404] as const)('the status for an unknown or deleted id is not documented: here %d', async (status) => {
    set({ unknownContactStatus: status });
    const id = await create(ada);
    await api('DELETE', `/contacts/${id}`);
    for (const gone of [id, 'Unknown0000000000001']) {
      const answer = await api('GET', `/contacts/${gone}`);
      expect(answer.json).toMatchObject({ statusCode: status, message: 'Contact not found' });
      expect((await api('PUT', `/contacts/${gone}`, {})).status).toBe(status);
    }
  });

  it('a contact of another location is forbidden', async () => {
    await control('POST', '/records', [{ id: 'Foreign0000000000001', locationId: 'Another0Location0001' }]);
    expect((await api('GET', '/contacts/Foreign0000000000001')).status).toBe(403);
  });
});
