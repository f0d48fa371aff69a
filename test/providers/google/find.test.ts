import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { e164, email, noChange, person } from '#test/providers/provider-contract.ts';
import { refusalOf, startBench } from './setup.ts';

let bench: Awaited<ReturnType<typeof startBench>>;
beforeAll(async () => {
  bench = await startBench();
});
beforeEach(() => bench.sandbox.reset());
afterAll(() => bench.close());

const list = 'GET /v1/people/me/connections';
const search = 'GET /v1/people:searchContacts';
const lookup = { reference: 'ref-1', phones: [e164(1)], emails: [email(1)] };

/** So many that the first of all is not among those that changed last. */
async function addStrangers(count: number): Promise<void> {
  const strangers = Array.from({ length: count }, (_, index) => ({ names: [{ givenName: `Stranger ${index}` }] }));
  await bench.people(...strangers);
}

describe('looking for a contact at Google', () => {
  it('asks once where our reference is found, though the search knows nothing yet', async () => {
    await bench.sandbox.patchSettings({ searchWarmUpMs: 1e9 });
    const client = bench.connect();
    const { record } = await client.create({ ...noChange, set: person(1) }, { reference: 'ref-1' });
    const asked = await bench.requestsOf(async () => expect(await client.find(lookup)).toEqual([record]));
    expect(asked).toEqual([list]);
  });

  it('searches for those that changed long ago, after a warm-up once a minute', async () => {
    const [name] = await bench.people({ emailAddresses: [{ value: email(1) }], phoneNumbers: [{ value: e164(1) }] });
    await addStrangers(500);
    const client = bench.connect();
    const asked = await bench.requestsOf(async () => {
      expect(await client.find(lookup)).toMatchObject([{ externalId: name, complete: true }]);
      expect(await client.find({ ...lookup, emails: [] })).toMatchObject([{ externalId: name }]);
    });
    expect(asked).toEqual([list, search, search, search, list, search]);
  });

  it('knows a number however it is typed, and an address in any case', async () => {
    const names = await bench.people(
      { phoneNumbers: [{ value: '(205) 555-0141' }] },
      { emailAddresses: [{ value: 'ADA1@Example.com' }] },
    );
    const found = await bench.connect().find(lookup);
    expect(found.map(({ externalId }) => externalId).sort()).toEqual([...names].sort());
  });

  it('believes no hit that it did not compare', async () => {
    const [name] = (await bench.people({ emailAddresses: [{ value: 'somebody@example.com' }] })) as [string];
    const results = [{ person: await bench.person(name) }];
    await bench.sandbox.addFault({ path: '**/people:searchContacts', status: 200, body: { results } });
    expect(await bench.connect().find(lookup)).toEqual([]);
  });

  it('looks once for many who look at the same time, and not before they ask', async () => {
    const client = bench.connect();
    const searched = { phones: [], emails: [] };
    const asked = await bench.requestsOf(async () => {
      const first = client.find({ ...searched, reference: 'ref-1' });
      const created = await client.create({ ...noChange, set: person(1) }, { reference: 'ref-1' });
      const others = [1, 2, 3].map(() => client.find({ ...searched, reference: 'ref-1' }));
      for (const found of await Promise.all(others)) expect(found).toEqual([created.record]);
      await first;
    });
    expect(asked.filter((each) => each === list)).toHaveLength(2);
  });

  it('lets one who gives up go, and serves the others', async () => {
    const client = bench.connect();
    const impatient = new AbortController();
    const reason = new Error('cancelled');
    const leaving = client.find(lookup, { signal: impatient.signal });
    const staying = client.find(lookup);
    impatient.abort(reason);
    expect(await refusalOf(leaving)).toBe(reason);
    expect(await staying).toEqual([]);
  });
});
