import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { refusalOf, startBench } from '#test/providers/google/setup.ts';
import { e164, email, noChange, person } from '#test/providers/provider-contract.ts';

let bench: Awaited<ReturnType<typeof startBench>>;
beforeAll(async () => {
  bench = await startBench();
});
beforeEach(() => bench.sandbox.reset());
afterAll(() => bench.close());

const list = 'GET /v1/people/me/connections';
const search = 'GET /v1/people:searchContacts';
const lookup = { reference: 'ref-1', phones: [e164(1)], emails: [email(1)] };

/** Adds people, so that earlier ones are no longer among the last changed contacts. */
async function addStrangers(count: number): Promise<void> {
  const strangers = Array.from({ length: count }, (_, index) => ({ names: [{ givenName: `Stranger ${index}` }] }));
  await bench.people(...strangers);
}

describe('find of Google', () => {
  it('takes one call to find our reference before the search index has it', async () => {
    await bench.sandbox.patchSettings({ searchWarmUpMs: 1e9 });
    const client = bench.connect();
    const { record } = await client.create({ ...noChange, set: person(1) }, { reference: 'ref-1' });
    const requests = await bench.requestsOf(async () => expect(await client.find(lookup)).toEqual([record]));
    expect(requests).toEqual([list]);
  });

  it('searches for older contacts, after one warm-up a minute', async () => {
    const [name] = await bench.people({ emailAddresses: [{ value: email(1) }], phoneNumbers: [{ value: e164(1) }] });
    await addStrangers(500);
    const client = bench.connect();
    const requests = await bench.requestsOf(async () => {
      expect(await client.find(lookup)).toMatchObject([{ externalId: name, complete: true }]);
      expect(await client.find({ ...lookup, emails: [] })).toMatchObject([{ externalId: name }]);
    });
    expect(requests).toEqual([list, search, search, search, list, search]);
  });

  it('matches numbers in any format and emails in any case', async () => {
    const names = await bench.people(
      { phoneNumbers: [{ value: '(205) 555-0141' }] },
      { emailAddresses: [{ value: 'ADA1@Example.com' }] },
    );
    const found = await bench.connect().find(lookup);
    expect(found.map(({ externalId }) => externalId).sort()).toEqual([...names].sort());
  });

  it('drops hits that do not match the lookup', async () => {
    const [name] = (await bench.people({ emailAddresses: [{ value: 'somebody@example.com' }] })) as [string];
    const results = [{ person: await bench.person(name) }];
    await bench.sandbox.addFault({ path: '**/people:searchContacts', status: 200, body: { results } });
    expect(await bench.connect().find(lookup)).toEqual([]);
  });

  it('shares one listing among concurrent callers, started after they called', async () => {
    const client = bench.connect();
    const searched = { phones: [], emails: [] };
    const requests = await bench.requestsOf(async () => {
      const first = client.find({ ...searched, reference: 'ref-1' });
      const created = await client.create({ ...noChange, set: person(1) }, { reference: 'ref-1' });
      const others = [1, 2, 3].map(() => client.find({ ...searched, reference: 'ref-1' }));
      for (const found of await Promise.all(others)) expect(found).toEqual([created.record]);
      await first;
    });
    expect(requests.filter((each) => each === list)).toHaveLength(2);
  });

  it('rejects only the caller that aborts', async () => {
    const client = bench.connect();
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const aborted = client.find(lookup, { signal: controller.signal });
    const waiting = client.find(lookup);
    controller.abort(reason);
    expect(await refusalOf(aborted)).toBe(reason);
    expect(await waiting).toEqual([]);
  });
});
