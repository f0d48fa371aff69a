import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startAccount, type TestAccount } from './account.ts';

let account: TestAccount;
const phoneOf = (index: number) => `+1202555${String(1000 + index)}`;
const person = (index: number) => ({
  first_name: index % 2 === 0 ? 'bob' : 'Eve',
  mobile_phone_number: phoneOf(index),
  hub_contact_id: `c-${index}`,
  ready: index !== 7,
  add_buckets: index < 3 ? ['Cold Leads'] : [],
});

beforeAll(async () => {
  account = await startAccount();
  await account.people({ buckets: ['Cold Leads'], create: Array.from({ length: 300 }, (_, index) => person(index)) });
});
afterEach(() => account.sandbox.settings.reset());
afterAll(() => account.close());

const list = async (query: string) => (await account.get(`contacts/?${query}`)).json;
const ids = async (query: string) => (await list(query)).results.map(({ id }: { id: number }) => id);

// The order of contacts by time is not documented, so it is a setting. The format of times is documented, but integrators saw another one.
describe('the order by time', () => {
  const newest = async () => (await ids('ordering=-updated_on&page_size=1'))[0];

  it('lists the last changed contact first', async () => {
    const [, second] = await ids('page_size=2');
    await account.people({ update: [{ id: second, county: 'Jefferson' }] });
    expect(await newest()).toBe(second);
  });

  it('is ignored if the account has none', async () => {
    await account.settings({ updatedOnOrdering: false });
    expect(await newest()).toBe((await ids('ordering=id&page_size=1'))[0]);
  });

  it.each([
    ['microseconds', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/],
    ['seconds', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/],
  ])('uses times in %s', async (timeFormat, pattern) => {
    await account.settings({ timeFormat });
    const [row] = (await list('page_size=1')).results;
    expect(row.updated_on).toMatch(pattern);
    expect(row.created_on).toMatch(pattern);
  });
});

describe('pages', () => {
  // developers.calltools.com/api-conventions for 25 and 250; envelope, capping and errors: stock Django REST Framework.
  it.each([
    ['', 25],
    ['page_size=100', 100],
    ['page_size=999', 250],
    ['page_size=0', 25],
    ['page_size=many', 25],
    ['page=last&page_size=250', 50],
  ])('of "%s" have %i rows', async (query, length) => {
    const page = await list(query);
    expect(page.count).toBe(300);
    expect(page.results).toHaveLength(length);
  });

  it('are linked by absolute URLs, the first page without a number', async () => {
    const address = `${account.sandbox.url}/api/contacts/`;
    expect(await list('page_size=100')).toMatchObject({ next: `${address}?page=2&page_size=100`, previous: null });
    expect(await list('page_size=100&page=2')).toMatchObject({
      next: `${address}?page=3&page_size=100`,
      previous: `${address}?page_size=100`,
    });
    expect(await list('page_size=100&page=3')).toMatchObject({ next: null, previous: `${address}?page=2&page_size=100` });
  });

  it.each(['page=13', 'page=0', 'page=-1', 'page=x', 'page='])('do not exist: %s', async (query) => {
    expect(await account.get(`contacts/?${query}`)).toMatchObject({ status: 404, json: { detail: 'Invalid page.' } });
  });

  it('contain each row once', async () => {
    const all = [...(await ids('ordering=id&page_size=250')), ...(await ids('ordering=id&page_size=250&page=2'))];
    expect(all).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
  });
});

describe('filters and order', () => {
  it('filter by a column: developers.calltools.com/api-conventions', async () => {
    expect(await list('first_name=bob')).toMatchObject({ count: 150 });
    expect(await list('first_name=nobody')).toMatchObject({ count: 0, results: [] });
    expect(await ids('ready=false')).toEqual([8]);
  });

  // Seen by an integrator: this filter requires E.164; `search=` does not compare phones.
  it('find by phone only in E.164 with an encoded plus sign', async () => {
    expect(await ids(`phone_number=${encodeURIComponent(phoneOf(4))}`)).toEqual([5]);
    expect(await ids(`phone_number=${phoneOf(4)}`)).toEqual([]);
    expect(await ids(`phone_number=${phoneOf(4).slice(2)}`)).toEqual([]);
    expect(await ids(`search=${phoneOf(4).slice(2)}`)).toEqual([]);
  });

  it('find the contacts of a bucket', async () => {
    expect(await ids('buckets__id=1')).toEqual([1, 2, 3]);
    expect(await ids('buckets__id=9')).toEqual([]);
    expect(await ids(`buckets__id=1&phone_number=${encodeURIComponent(phoneOf(2))}`)).toEqual([3]);
    expect(await ids(`buckets__id=1&phone_number=${encodeURIComponent(phoneOf(4))}`)).toEqual([]);
    expect(await account.get('contacts/?buckets__id=x')).toMatchObject({
      status: 400,
      json: { buckets__id: ['Enter a number.'] },
    });
  });

  // Stock django-filter. It is unknown which of these filters an account has.
  it.each(['nope=1', 'constructor=1', 'hub_contact_id=c-4', 'updated_on__gte=2999-01-01', 'external_id=x'])(
    'ignore %s: the answer is the whole list',
    async (query) => expect(await list(query)).toMatchObject({ count: 300 }),
  );

  it('can be enabled and disabled', async () => {
    await account.settings({ phoneNumberFilter: false, accountFieldFilters: true, updatedOnFilter: true });
    expect(await list(`phone_number=${encodeURIComponent(phoneOf(4))}`)).toMatchObject({ count: 300 });
    expect(await ids('hub_contact_id=c-4')).toEqual([5]);
    expect(await list('updated_on__gte=2999-01-01 00:00:00')).toMatchObject({ count: 0 });
    const { updated_on } = (await account.patch('contacts/200/', {})).json;
    expect(await ids(`updated_on__gte=${updated_on}`)).toEqual([200]);
    expect((await account.get('contacts/?updated_on__gte=x')).status).toBe(400);
  });

  it('order by id and by time, in both directions, and ignore unknown keys', async () => {
    for (const id of [7, 150]) await account.patch(`contacts/${id}/`, { city: 'London' });
    expect((await ids('ordering=-updated_on')).slice(0, 2)).toEqual([150, 7]);
    expect((await ids('ordering=updated_on&page_size=250&page=2')).slice(-2)).toEqual([7, 150]);
    expect((await ids('ordering=-id')).slice(0, 2)).toEqual([300, 299]);
    expect((await ids('ordering=nope')).slice(0, 2)).toEqual([1, 2]);
  });

  // Seen by an integrator, not documented.
  it('may lack the phones of a read by id', async () => {
    expect((await list('page_size=1')).results[0]._phone_numbers).toHaveLength(1);
    await account.settings({ listOmitsPhones: true });
    const [row] = (await list('page_size=1')).results;
    expect(Object.keys(row).filter((name) => /phone_number/.test(name))).toEqual(['all_phone_numbers_fdnc']);
    expect((await account.get('contacts/1/')).json._phone_numbers).toHaveLength(1);
  });
});
