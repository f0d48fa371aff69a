import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const square = await startHarness();
const { api, control, create, person, sandbox, set } = square;
const list = (query = '') => api('GET', `/customers${query}`);
const search = (body: object = {}) => api('POST', '/customers/search', body);
const filtered = (filter: object) => search({ query: { filter } });
type Answer = Awaited<ReturnType<typeof search>>;
const names = ({ json }: Answer) => (json.customers ?? []).map(({ given_name }: { given_name: string }) => given_name);
const code = ({ status, json }: Answer) => [status, json.errors?.[0].code];

/** Reads pages until there is no cursor. */
async function pages(next: (cursor?: string) => Promise<Answer>): Promise<string[][]> {
  const seen: string[][] = [];
  let answer = await next();
  for (seen.push(names(answer)); answer.json.cursor; seen.push(names(answer))) answer = await next(answer.json.cursor);
  return seen;
}

beforeEach(() => square.reset());
afterAll(() => square.close());

describe('the order, Square SDK docs (CustomerSortField)', () => {
  beforeEach(async () => {
    for (const customer of [
      { given_name: 'bob' },
      { given_name: 'Ada', family_name: 'Lovelace' },
      { given_name: 'Ada', family_name: 'Byron' },
      { company_name: 'Analytical Engines' },
    ]) {
      await create(customer);
      sandbox.clock.advance(1_000);
    }
  });
  const shown = ({ json }: Answer) =>
    json.customers.map((each: Record<string, string>) => each.family_name ?? each.given_name ?? each.company_name);

  it('is by given and family name; without them by company name, email or phone', async () => {
    expect(shown(await list())).toEqual(['Byron', 'Lovelace', 'Analytical Engines', 'bob']);
    expect(shown(await search())).toEqual(['Byron', 'Lovelace', 'Analytical Engines', 'bob']);
    expect(shown(await list('?sort_order=DESC'))).toEqual(['bob', 'Analytical Engines', 'Lovelace', 'Byron']);
  });

  it('is by creation time on request; there is none by the time of the last change', async () => {
    expect(shown(await list('?sort_field=CREATED_AT'))).toEqual(['bob', 'Lovelace', 'Byron', 'Analytical Engines']);
    const newestFirst = { query: { sort: { field: 'CREATED_AT', order: 'DESC' } } };
    expect(shown(await search(newestFirst))).toEqual(['Analytical Engines', 'Byron', 'Lovelace', 'bob']);
    expect(code(await search({ query: { sort: { field: 'UPDATED_AT' } } }))).toEqual([400, 'INVALID_ENUM_VALUE']);
  });
});

describe('pages, Square docs (pagination)', () => {
  beforeEach(() => person({ customers: ['A', 'B', 'C', 'D', 'E'].map((given_name) => ({ given_name, id: `ID${given_name}` })) }));
  const listPages = (query: string) =>
    pages((cursor) => list(`${query}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`));

  it('continue from a cursor; the last one has none', async () => {
    expect(await listPages('?limit=2')).toEqual([['A', 'B'], ['C', 'D'], ['E']]);
    expect(await listPages('?limit=2&sort_order=DESC')).toEqual([['E', 'D'], ['C', 'B'], ['A']]);
    expect(await listPages('?limit=5')).toEqual([['A', 'B', 'C', 'D', 'E']]);
  });

  it('of a search require the same query again', async () => {
    const query = { filter: { creation_source: { values: ['DIRECTORY'] } } };
    expect(await pages((cursor) => search({ limit: 2, query, ...(cursor && { cursor }) }))).toEqual([
      ['A', 'B'],
      ['C', 'D'],
      ['E'],
    ]);
    const { cursor } = (await search({ limit: 2, query })).json;
    expect(code(await search({ limit: 2, cursor }))).toEqual([400, 'INVALID_CURSOR']);
  });

  it('refuse a foreign cursor; integrators report that cursors expire after 5 minutes', async () => {
    expect(code(await list('?cursor=abc'))).toEqual([400, 'INVALID_CURSOR']);
    const cursor = encodeURIComponent((await list('?limit=2')).json.cursor);
    sandbox.clock.advance(240_000);
    expect(names(await list(`?limit=2&cursor=${cursor}`))).toEqual(['C', 'D']);
    sandbox.clock.advance(60_000);
    expect(code(await list(`?limit=2&cursor=${cursor}`))).toEqual([400, 'INVALID_CURSOR']);
  });

  it('go stale: a customer renamed meanwhile is missed or seen twice', async () => {
    const cursor = encodeURIComponent((await list('?limit=2')).json.cursor);
    await person({
      customers: [
        { id: 'IDA', given_name: 'Z' },
        { id: 'IDD', given_name: '0' },
      ],
      delete: ['IDB'],
    });
    expect(names(await list(`?cursor=${cursor}`))).toEqual(['C', 'E', 'Z']);
  });

  it('have 1 to 100 customers, or fewer: the limit is advisory', async () => {
    expect(code(await list('?limit=0'))).toEqual([400, 'VALUE_TOO_LOW']);
    expect(code(await list('?limit=101'))).toEqual([400, 'VALUE_TOO_HIGH']);
    expect(code(await search({ limit: 101 }))).toEqual([400, 'VALUE_TOO_HIGH']);
    set({ maxPageSize: 3 });
    expect(await listPages('?limit=100')).toEqual([
      ['A', 'B', 'C'],
      ['D', 'E'],
    ]);
  });

  it('have a total count on request', async () => {
    expect((await list('?limit=2&count=true')).json.count).toBe(5);
    expect((await search({ limit: 2, count: true })).json.count).toBe(5);
    expect((await list()).json).not.toHaveProperty('count');
  });

  it('contain each of thousands of customers once', async () => {
    await person({
      customers: Array.from({ length: 1_000 }, (_, index) => ({ given_name: `Person ${index}` })),
      webhooks: false,
    });
    const seen = (await listPages('?sort_field=CREATED_AT')).flat();
    expect(seen).toHaveLength(1_005);
    expect(new Set(seen).size).toBe(1_005);
  });
});

describe('exact filters, Square docs (CustomerTextFilter)', () => {
  beforeEach(async () => {
    await create({ given_name: 'Ada', email_address: 'Ada@Example.com', phone_number: '(202) 555-0143', reference_id: 'Ref-1' });
    await create({ given_name: 'Bob', email_address: 'bob@example.com', phone_number: '+44 20 7946 0958' });
  });

  it.each([
    ['email_address', 'ADA@example.COM'],
    ['reference_id', 'rEF-1'],
    ['phone_number', '+12025550143'],
  ])('find by %s, ignoring case; stored phones are compared in E.164', async (field, exact) => {
    expect(names(await filtered({ [field]: { exact } }))).toEqual(['Ada']);
  });

  it('require the plus of a phone', async () => {
    expect(code(await filtered({ phone_number: { exact: '2025550143' } }))).toEqual([400, 'INVALID_PHONE_NUMBER']);
  });

  it('answer {} without a match', async () => {
    expect((await filtered({ reference_id: { exact: 'ref' } })).json).toEqual({});
    expect((await filtered({ email_address: { exact: 'ada@example.com' }, reference_id: { exact: 'other' } })).json).toEqual({});
  });

  it('follow the changes of a profile', async () => {
    const [{ id }] = (await filtered({ reference_id: { exact: 'ref-1' } })).json.customers;
    await api('PUT', `/customers/${id}`, { reference_id: 'ref-2' });
    expect(names(await filtered({ reference_id: { exact: 'ref-1' } }))).toEqual([]);
    expect(names(await filtered({ reference_id: { exact: 'ref-2' } }))).toEqual(['Ada']);
    await api('DELETE', `/customers/${id}`);
    expect(names(await filtered({ reference_id: { exact: 'ref-2' } }))).toEqual([]);
  });

  it('find all duplicates, page by page', async () => {
    await person({ customers: ['X', 'Y', 'Z'].map((given_name) => ({ given_name, email_address: 'same@example.com' })) });
    const query = { filter: { email_address: { exact: 'same@example.com' } } };
    expect(await pages((cursor) => search({ limit: 2, query, ...(cursor && { cursor }) }))).toEqual([['X', 'Y'], ['Z']]);
  });

  it.each([
    ['email_address', 'example ada', ['Ada']],
    ['email_address', 'example.com', ['Ada', 'Bob']],
    ['phone_number', '555 20', ['Ada']],
    ['phone_number', '794 095', ['Bob']],
    ['reference_id', 'bob', []],
  ])('if fuzzy, find %s by all tokens of %j, in any order', async (field, fuzzy, found) => {
    expect(names(await filtered({ [field]: { fuzzy } }))).toEqual(found);
  });

  it('are either exact or fuzzy', async () => {
    expect(code(await filtered({ email_address: { exact: 'a', fuzzy: 'a' } }))).toEqual([400, 'CONFLICTING_PARAMETERS']);
    expect(code(await filtered({ email_address: {} }))).toEqual([400, 'MISSING_REQUIRED_PARAMETER']);
  });
});

describe('other filters, Square docs (CustomerFilter)', () => {
  it('compare created_at and updated_at as they are returned', async () => {
    const id = await create({ given_name: 'Ada' });
    const { created_at } = (await api('GET', `/customers/${id}`)).json.customer;
    sandbox.clock.advance(3_600_000);
    await create({ given_name: 'Bob' });
    const { updated_at } = (await api('PUT', `/customers/${id}`, { note: 'x' })).json.customer;
    expect(names(await filtered({ created_at: { end_at: created_at } }))).toEqual(['Ada']);
    expect(names(await filtered({ created_at: { start_at: created_at } }))).toEqual(['Ada', 'Bob']);
    expect(names(await filtered({ updated_at: { end_at: created_at } }))).toEqual([]);
    expect(names(await filtered({ updated_at: { start_at: updated_at } }))).toContain('Ada');
  });

  it('refuse invalid times and inverted ranges', async () => {
    expect(code(await filtered({ updated_at: { start_at: 'yesterday' } }))).toEqual([400, 'INVALID_TIME']);
    const backwards = { start_at: '2026-01-02T00:00:00Z', end_at: '2026-01-01T00:00:00+00:00' };
    expect(code(await filtered({ updated_at: backwards }))).toEqual([400, 'INVALID_TIME_RANGE']);
  });

  it('include or exclude creation sources', async () => {
    await create({ given_name: 'Api' });
    await person([{ given_name: 'Person' }]);
    expect(names(await filtered({ creation_source: { values: ['THIRD_PARTY'] } }))).toEqual(['Api']);
    expect(names(await filtered({ creation_source: { values: ['THIRD_PARTY'], rule: 'EXCLUDE' } }))).toEqual(['Person']);
  });

  it('are refused if the sandbox lacks them, never ignored', async () => {
    for (const filter of [{ segment_ids: { any: ['x'] } }, { custom_attribute: { filters: [] } }]) {
      expect(code(await filtered(filter))).toEqual([501, 'NOT_IMPLEMENTED']);
    }
  });
});

describe('search results', () => {
  it('Square docs (ListCustomers): contain only profiles with a name, company, email or phone', async () => {
    await person([{ id: 'INSTANT', note: 'paid once', creation_source: 'INSTANT_PROFILE' }]);
    expect((await list('?count=true')).json).toEqual({ count: 0 });
    expect((await api('GET', '/customers/INSTANT')).status).toBe(200);
    await api('PUT', '/customers/INSTANT', { given_name: 'Ada' });
    expect(names(await list())).toEqual(['Ada']);
  });

  it('Square docs (ListCustomers, SearchCustomers): show a change later than a retrieve does', async () => {
    set({ indexLagMs: 30_000 });
    const id = await create({ given_name: 'Ada', reference_id: 'ref' });
    expect(names(await list())).toEqual([]);
    expect(names(await filtered({ reference_id: { exact: 'ref' } }))).toEqual([]);
    expect((await api('GET', `/customers/${id}`)).status).toBe(200);
    await control('POST', '/clock', { advanceMs: 30_000 });
    expect(names(await list())).toEqual(['Ada']);

    await api('PUT', `/customers/${id}`, { given_name: 'Countess' });
    expect(names(await filtered({ reference_id: { exact: 'ref' } }))).toEqual(['Ada']);
    await api('DELETE', `/customers/${id}`);
    await control('POST', '/clock', { advanceMs: 30_000 });
    expect(names(await list())).toEqual([]);
  });
});
