import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const google = await startHarness({ searchWarmUpMs: 3_000 });
const { advance, api, people } = google;

const search = async (query: string, pageSize = 30) => {
  const { json } = await api(
    'GET',
    `people:searchContacts?query=${encodeURIComponent(query)}&readMask=names&pageSize=${pageSize}`,
  );
  return (json.results ?? []).map(({ person }: { person: { names: { givenName: string }[] } }) => person.names[0]?.givenName);
};
const warmUp = async () => {
  await search('');
  advance(3_000);
};

beforeEach(() => google.reset());
afterAll(() => google.close());

const foo = { names: [{ givenName: 'foo', familyName: 'name' }], emailAddresses: [{ value: 'x@example.com' }] };

describe('searchContacts', () => {
  it('Google docs: finds nothing until some seconds after an empty query', async () => {
    await people([foo]);
    expect(await search('foo')).toEqual([]);
    await search('');
    expect(await search('foo')).toEqual([]);
    advance(3_000);
    expect(await search('foo')).toEqual(['foo']);
  });

  it('Google docs: does not find contacts written since the last empty query', async () => {
    await warmUp();
    await people([foo]);
    expect(await search('foo')).toEqual([]);
    await warmUp();
    expect(await search('foo')).toEqual(['foo']);
  });

  it.each([
    ['f', true],
    ['foo n', true],
    ['nam', true],
    ['x@exa', true],
    ['oo n', false],
    ['example', false],
  ])('Google docs: matches the beginning of a phrase: %s', async (query, found) => {
    await people([foo]);
    await warmUp();
    expect(await search(query)).toEqual(found ? ['foo'] : []);
  });

  it('Google docs: returns at most 30, and has no second page', async () => {
    await people(Array.from({ length: 40 }, () => foo));
    await warmUp();
    expect(await search('foo', 100)).toHaveLength(30);
    expect(await search('foo', 0)).toHaveLength(10);
    expect((await api('GET', 'people:searchContacts?query=foo&readMask=names&pageToken=x')).status).toBe(400);
  });
});
