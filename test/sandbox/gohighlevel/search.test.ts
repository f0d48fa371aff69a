import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const ghl = await startHarness();
const { api, control, create, locationId, set } = ghl;
const search = (body: object) => api('POST', '/contacts/search', { locationId, pageLimit: 100, ...body });
const found = async (body: object): Promise<string[]> =>
  (await search(body)).json.contacts.map(
    (contact: { firstNameLowerCase?: string; id: string }) => contact.firstNameLowerCase ?? contact.id,
  );
const byName = { sort: [{ field: 'firstNameLowerCase', direction: 'asc' }] };

beforeEach(() => ghl.reset());
afterAll(() => ghl.close());

describe('search results', () => {
  it('HighLevel docs: have names in lower case only, the street as `address`, emails as plain strings', async () => {
    await control('POST', '/records', [
      {
        id: 'Ada00000000000000001',
        name: 'Ada Lovelace',
        address1: '12 St James Sq',
        email: 'Ada@example.com',
        additionalEmails: ['a@b.example'],
      },
    ]);
    const { json } = await search({});
    expect(json).toMatchObject({
      total: 1,
      traceId: expect.any(String),
      contacts: [
        {
          ...{ id: 'Ada00000000000000001', firstNameLowerCase: 'ada', lastNameLowerCase: 'lovelace', address: '12 St James Sq' },
          ...{ email: 'Ada@example.com', additionalEmails: ['a@b.example'], additionalPhones: [], followers: [] },
        },
      ],
    });
    for (const name of ['firstName', 'lastName', 'name', 'address1']) expect(json.contacts[0]).not.toHaveProperty(name);
  });

  it('HighLevel docs: may show a write after a few seconds', async () => {
    set({ searchLagMs: 3_000 });
    const id = await create({ firstName: 'Ada' });
    expect(await found({})).toEqual([]);
    await control('POST', '/clock', { advanceMs: 3_000 });
    expect(await found({})).toEqual(['ada']);

    await api('PUT', `/contacts/${id}`, { firstName: 'Augusta' });
    expect(await found({})).toEqual(['ada']);
    await api('DELETE', `/contacts/${id}`);
    await control('POST', '/clock', { advanceMs: 3_000 });
    expect(await found({})).toEqual([]);
  });

  it('are those of one location', async () => {
    await control('POST', '/records', [{ firstName: 'Foreign', locationId: 'Another0Location0001' }, { firstName: 'Ours' }]);
    expect(await found({})).toEqual(['ours']);
  });
});

describe('filters', () => {
  beforeEach(async () => {
    await control('POST', '/records', {
      customFields: [{ id: 'Plan0000000000000001', name: 'Plan' }],
      contacts: [
        {
          firstName: 'Ada',
          email: 'Ada@example.com',
          phone: '+12025550143',
          tags: ['cold lead', 'vip'],
          dnd: true,
          city: 'London',
        },
        {
          firstName: 'Bob',
          email: 'bob@example.com',
          tags: ['cold leads'],
          customFields: [{ key: 'plan', field_value: 'Gold' }],
        },
        { firstName: 'Cyd', city: 'New London', dateOfBirth: '1990-05-01' },
      ],
    });
  });

  it.each([
    ['tags eq, a whole tag', { field: 'tags', operator: 'eq', value: 'Cold Lead' }, ['ada']],
    ['tags contains', { field: 'tags', operator: 'contains', value: 'cold' }, ['ada', 'bob']],
    ['tags not_contains', { field: 'tags', operator: 'not_contains', value: 'cold' }, ['cyd']],
    ['phone eq, with country code', { field: 'phone', operator: 'eq', value: '+12025550143' }, ['ada']],
    ['email eq, ignoring case', { field: 'email', operator: 'eq', value: 'ada@EXAMPLE.com' }, ['ada']],
    ['email not_exists', { field: 'email', operator: 'not_exists' }, ['cyd']],
    ['city exists', { field: 'city', operator: 'exists' }, ['ada', 'cyd']],
    ['city not_eq', { field: 'city', operator: 'not_eq', value: 'London' }, ['bob', 'cyd']],
    ['dnd eq true', { field: 'dnd', operator: 'eq', value: true }, ['ada']],
    ['dateOfBirth range', { field: 'dateOfBirth', operator: 'range', value: { gte: '1990-01-01', lt: '1991-01-01' } }, ['cyd']],
    ['an exclusive range', { field: 'dateOfBirth', operator: 'range', value: { gt: '1990-05-01' } }, []],
    ['an exclusive range', { field: 'dateOfBirth', operator: 'range', value: { lt: '1990-05-01' } }, []],
    ['an inclusive range', { field: 'dateOfBirth', operator: 'range', value: { gte: '1990-05-01', lte: '1990-05-01' } }, ['cyd']],
    ['customFields.<id> eq', { field: 'customFields.Plan0000000000000001', operator: 'eq', value: 'gold' }, ['bob']],
  ])('HighLevel docs: %s', async (_, filter, expected) => {
    expect(await found({ filters: [filter], ...byName })).toEqual(expected);
  });

  it('HighLevel docs: nested groups of AND and OR; the top level is AND', async () => {
    const london = { field: 'city', operator: 'contains', value: 'london' };
    const vip = { field: 'tags', operator: 'eq', value: 'vip' };
    const born = { field: 'dateOfBirth', operator: 'exists' };
    expect(await found({ filters: [london, vip], ...byName })).toEqual(['ada']);
    expect(
      await found({ filters: [london, { group: 'OR', filters: [vip, { group: 'AND', filters: [born] }] }], ...byName }),
    ).toEqual(['ada', 'cyd']);
  });

  it('HighLevel docs: free text over names, email and phone', async () => {
    expect(await found({ query: 'BOB@' })).toEqual(['bob']);
    expect(await found({ query: '5550143' })).toEqual(['ada']);
  });

  it('find changes since a time, for polling', async () => {
    await control('POST', '/clock', { advanceMs: 60_000 });
    const { now } = (await control('GET', '/clock')).json;
    await create({ firstName: 'Dan' });
    expect(await found({ filters: [{ field: 'dateUpdated', operator: 'range', value: { gte: now } }] })).toEqual(['dan']);
    expect(await found({ filters: [{ field: 'dateUpdated', operator: 'range', value: { gte: Date.parse(now) } }] })).toEqual([
      'dan',
    ]);
  });

  it.each([
    ['an undocumented field', { field: 'shoeSize', operator: 'eq', value: 1 }],
    ['contains on email', { field: 'email', operator: 'contains', value: 'x' }],
    ['eq on a date', { field: 'dateAdded', operator: 'eq', value: '2026-01-01' }],
    ['an undocumented operator', { field: 'tags', operator: 'like', value: 'x' }],
    ['a value with exists', { field: 'tags', operator: 'exists', value: 'x' }],
    ['eq without a value', { field: 'tags', operator: 'eq' }],
    ['a list of values, which is not documented', { field: 'tags', operator: 'eq', value: ['a', 'b'] }],
    ['a value of 76 characters', { field: 'tags', operator: 'eq', value: 'x'.repeat(76) }],
  ])('are a 422 with %s', async (_, filter) => {
    expect((await search({ filters: [filter] })).status).toBe(422);
  });
});

describe('paging', () => {
  const names = ['ada', 'bob', 'cyd', 'dan', 'eve'];
  beforeEach(() =>
    control(
      'POST',
      '/records',
      names.map((firstName) => ({ firstName, source: firstName === 'bob' ? 'ads' : undefined })),
    ),
  );

  it('HighLevel docs: works by page, with the total', async () => {
    expect(await found({ ...byName, pageLimit: 2, page: 1 })).toEqual(['ada', 'bob']);
    expect(await found({ ...byName, pageLimit: 2, page: 3 })).toEqual(['eve']);
    expect((await search({ pageLimit: 2, page: 9 })).json).toMatchObject({ contacts: [], total: 5 });
  });

  it.each([
    ['a name', byName],
    ['a date, in milliseconds', { sort: [{ field: 'dateAdded', direction: 'asc' }] }],
    [
      'two fields, one of them mostly empty',
      {
        sort: [
          { field: 'source', direction: 'desc' },
          { field: 'dateUpdated', direction: 'asc' },
        ],
      },
    ],
    ['the default', {}],
  ])('HighLevel docs: works by the `searchAfter` of the last contact, sorted by %s', async (_, sort) => {
    const whole = await found(sort);
    const seen: string[] = [];
    let searchAfter: unknown[] | undefined;
    do {
      const { contacts } = (await search({ ...sort, pageLimit: 2, ...(searchAfter && { searchAfter }) })).json;
      seen.push(...contacts.map((contact: { firstNameLowerCase: string }) => contact.firstNameLowerCase));
      searchAfter = contacts.at(-1)?.searchAfter;
    } while (searchAfter);
    expect(seen).toEqual(whole);
    expect(seen.toSorted()).toEqual(names);
  });

  it.each(['asc', 'desc'])('puts contacts without a value last, %s', async (direction) => {
    expect((await found({ sort: [{ field: 'source', direction }] }))[0]).toBe('bob');
  });

  it('applies every change to a cached list', async () => {
    const filtered = { ...byName, filters: [{ field: 'city', operator: 'not_exists' }] };
    const contacts = (await search(filtered)).json.contacts as { id: string; firstNameLowerCase: string }[];
    const [ada, bob, cyd] = contacts.map(({ id }) => id);
    await api('PUT', `/contacts/${ada}`, { firstName: 'Zoe' });
    await api('PUT', `/contacts/${bob}`, { city: 'London' });
    await api('DELETE', `/contacts/${cyd}`);
    await create({ firstName: 'Abe' });
    expect(await found(filtered)).toEqual(['abe', 'dan', 'eve', 'zoe']);
    await api('PUT', `/contacts/${bob}`, { city: null });
    expect(await found(filtered)).toEqual(['abe', 'bob', 'dan', 'eve', 'zoe']);
    expect((await search(filtered)).json.total).toBe(5);
  });

  it('has dates in `searchAfter` as milliseconds, then the id', async () => {
    const [contact] = (await search({ sort: [{ field: 'dateUpdated', direction: 'asc' }] })).json.contacts;
    expect(contact.searchAfter).toEqual([Date.parse(contact.dateUpdated), contact.id]);
  });

  it('continues after a cursor whose contact was deleted meanwhile', async () => {
    const first = (await search({ ...byName, pageLimit: 2 })).json.contacts;
    await api('DELETE', `/contacts/${first[1].id}`);
    expect(await found({ ...byName, searchAfter: first[1].searchAfter })).toEqual(['cyd', 'dan', 'eve']);
  });

  it.each([
    ['no pageLimit (api-docs issue 31)', { pageLimit: undefined }],
    ['no locationId (api-docs issue 31)', { locationId: undefined }],
    ['page and searchAfter together', { page: 1, searchAfter: [1, 'a'] }],
    ['more than 10,000 contacts by page', { pageLimit: 500, page: 21 }],
    ['more than 500 per page', { pageLimit: 501 }],
    ['three sort fields', { sort: ['email', 'dnd', 'source'].map((field) => ({ field, direction: 'asc' })) }],
    ['an undocumented sort field', { sort: [{ field: 'phone', direction: 'asc' }] }],
    ['a query of 76 characters', { query: 'x'.repeat(76) }],
  ])('HighLevel docs: is a 422 with %s', async (_, body) => {
    expect((await search(body)).status).toBe(422);
  });
});
