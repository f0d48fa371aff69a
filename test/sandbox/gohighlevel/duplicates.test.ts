import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const ghl = await startHarness();
const { api, control, create, locationId, set } = ghl;
const read = async (id: string) => (await api('GET', `/contacts/${id}`)).json.contact;
const upsert = (fields: object) => api('POST', '/contacts/upsert', { locationId, ...fields });

beforeEach(() => ghl.reset());
afterAll(() => ghl.close());

describe('duplicates', () => {
  it.each([
    ['email', { email: 'ADA@example.com' }],
    ['phone', { phone: '(202) 555-0143' }],
  ])('integrators report: a create with a taken %s is a 400 that names the other contact', async (matchingField, fields) => {
    const contactId = await create({ name: 'Ada Lovelace', email: 'ada@example.com', phone: '+12025550143' });
    const answer = await api('POST', '/contacts/', { locationId, ...fields });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({
      statusCode: 400,
      message: 'This location does not allow duplicated contacts.',
      meta: { contactId, matchingField, contactName: 'Ada Lovelace' },
    });
  });

  it('integrators report: a PUT with a taken email is a 400, but not with its own', async () => {
    const ada = await create({ email: 'ada@example.com' });
    const bob = await create({ email: 'bob@example.com' });
    const answer = await api('PUT', `/contacts/${bob}`, { email: 'Ada@example.com' });
    expect([answer.status, answer.json.meta.contactId]).toEqual([400, ada]);
    expect((await api('PUT', `/contacts/${bob}`, { email: 'BOB@example.com' })).status).toBe(200);
  });

  it('are allowed if the location allows them', async () => {
    set({ allowDuplicateContact: true });
    const ids = [await create({ email: 'ada@example.com' }), await create({ email: 'ada@example.com' })];
    expect(new Set(ids).size).toBe(2);
  });

  it('are not caused by a deleted contact', async () => {
    await api('DELETE', `/contacts/${await create({ email: 'ada@example.com' })}`);
    await create({ email: 'ada@example.com' });
  });
});

describe('GET /contacts/search/duplicate', () => {
  const lookup = async (query: Record<string, string>) =>
    (await api('GET', `/contacts/search/duplicate?${new URLSearchParams({ locationId, ...query })}`)).json.contact;

  it('integrators report: returns the contact or null', async () => {
    const id = await create({ email: 'ada@example.com', phone: '+12025550143' });
    expect(await lookup({ email: 'ADA@example.com' })).toMatchObject({ id });
    expect(await lookup({ number: '+12025550143' })).toMatchObject({ id });
    expect(await lookup({ number: '+12025550144' })).toBeNull();
  });

  it('sees a write immediately, unlike search', async () => {
    set({ searchLagMs: 3_000 });
    const id = await create({ email: 'ada@example.com' });
    expect(await lookup({ email: 'ada@example.com' })).toMatchObject({ id });
  });

  it('requires a percent-encoded +, which is a space otherwise', async () => {
    set({ defaultCountry: 'GB' });
    await create({ phone: '+12025550143' });
    expect((await api('GET', `/contacts/search/duplicate?locationId=${locationId}&number=+12025550143`)).json.contact).toBeNull();
  });
});

describe('POST /contacts/upsert', () => {
  it('HighLevel docs: returns 200 and whether the contact is new', async () => {
    const first = await upsert({ email: 'ada@example.com', firstName: 'Ada' });
    const second = await upsert({ email: 'ADA@example.com', city: 'London' });
    expect([first.status, first.json.new, second.status, second.json.new]).toEqual([200, true, 200, false]);
    expect(second.json.contact).toMatchObject({ id: first.json.contact.id, firstName: 'Ada', city: 'London' });
  });

  it('HighLevel docs: matches by email, then by phone, or by the location’s settings', async () => {
    const byEmail = await create({ email: 'ada@example.com' });
    const byPhone = await create({ phone: '+12025550143' });
    const both = { email: 'ada@example.com', phone: '+12025550143' };
    expect((await upsert({ ...both })).json.contact.id).toBe(byEmail);
    set({ matchFields: ['phone', 'email'] });
    expect((await upsert({ ...both })).json.contact.id).toBe(byPhone);
    set({ matchFields: ['email', 'phone'] });
    expect((await upsert({ email: 'new@example.com', phone: '+12025550143' })).json.contact.id).toBe(byPhone);
  });

  it('HighLevel docs, api-docs issue 37: silently drops the phone of another contact', async () => {
    const ada = await create({ email: 'ada@example.com' });
    await create({ phone: '+12025550143' });
    const answer = await upsert({ email: 'ada@example.com', phone: '+12025550143', city: 'London' });
    expect(answer.json).toMatchObject({ new: false, contact: { id: ada, city: 'London' } });
    expect(answer.json.contact).not.toHaveProperty('phone');
  });

  it('HighLevel docs: replaces all tags, and keeps them if none are sent', async () => {
    await upsert({ email: 'ada@example.com', tags: ['one', 'two'] });
    expect((await upsert({ email: 'ada@example.com', city: 'London' })).json.contact.tags).toEqual(['one', 'two']);
    expect((await upsert({ email: 'ada@example.com', tags: ['three'] })).json.contact.tags).toEqual(['three']);
  });

  it('HighLevel docs: creates a contact on request if the location allows duplicates', async () => {
    const first = (await upsert({ email: 'ada@example.com' })).json.contact.id;
    const again = { email: 'ada@example.com', createNewIfDuplicateAllowed: true };
    expect((await upsert(again)).json.contact.id).toBe(first);
    set({ allowDuplicateContact: true });
    expect((await upsert(again)).json).toMatchObject({ new: true });
    expect((await upsert({ email: 'ada@example.com' })).json.new).toBe(false);
  });

  it('integrators report: requires an email or a phone', async () => {
    expect((await upsert({ firstName: 'Ada' })).status).toBe(422);
  });

  it('integrators report (api-docs issue 313): ignores the gender of an existing contact', async () => {
    const genders = async () => (await control('GET', '/records')).json.contacts.map(({ gender }: { gender: string }) => gender);
    await upsert({ email: 'ada@example.com', gender: 'female' });
    await upsert({ email: 'ada@example.com', gender: 'other' });
    expect(await genders()).toEqual(['female']);
  });

  it('integrators report (api-docs issue 337): promotes an additional email and loses the old one', async () => {
    await control('POST', '/records', [
      { id: 'Ada00000000000000001', email: 'old@example.com', additionalEmails: ['new@example.com'] },
    ]);
    await upsert({ email: 'new@example.com' });
    const contact = await read('Ada00000000000000001');
    expect(contact.email).toBe('new@example.com');
    expect(contact).not.toHaveProperty('additionalEmails');
  });
});
