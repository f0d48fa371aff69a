import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const square = await startHarness();
const { api, control, events, person, receiver, read, set } = square;

const ada = { id: 'OLD-A', given_name: 'Ada', phone_number: '+12025550143', reference_id: 'accord-1', group_ids: ['VIP'] };
const byron = { id: 'OLD-B', given_name: 'Augusta', family_name: 'Byron', email_address: 'ada@example.com', group_ids: ['NEW'] };
const merge = (more: object = {}) => person({ merge: { from_customer_ids: ['OLD-A', 'OLD-B'], ...more } });

beforeEach(async () => {
  await square.reset();
  await person({ customers: [ada, byron], webhooks: false });
});
afterAll(() => square.close());

describe('the profile that a merge creates', () => {
  it('Square docs (Customer): is new, has the source MERGE, and aggregates the old ones', async () => {
    const { merged } = await merge({ to_customer_id: 'NEW-C' });
    expect(merged).toBe('NEW-C');
    expect(await read('NEW-C')).toMatchObject({
      ...{ given_name: 'Ada', family_name: 'Byron', phone_number: '+12025550143', email_address: 'ada@example.com' },
      ...{ reference_id: 'accord-1', creation_source: 'MERGE', version: 0, group_ids: ['VIP', 'NEW'] },
    });
    expect((await api('GET', '/customers?count=true')).json.count).toBe(1);
  });

  it('takes the values that the seller chose', async () => {
    const { merged } = await merge({ customer: { given_name: 'Augusta Ada', phone_number: null } });
    expect(merged).toMatch(/^[A-Z0-9]{26}$/);
    const customer = await read(merged);
    expect(customer.given_name).toBe('Augusta Ada');
    expect(customer).not.toHaveProperty('phone_number');
  });

  it('Square forum 20358: losing values can be added to its note', async () => {
    const { merged } = await merge();
    expect((await read(merged)).note).toMatch(
      /^Merged on \d\d\/\d\d\/\d{4}\. Following fields were not transferred: given_name: Augusta$/,
    );
    await square.reset();
    set({ mergeNote: false });
    await person([ada, byron]);
    expect(await read((await merge()).merged)).not.toHaveProperty('note');
  });

  it('may keep the reference: it is unknown', async () => {
    set({ mergeKeepsReference: false });
    expect(await read((await merge()).merged)).not.toHaveProperty('reference_id');
  });
});

describe('the ids that a merge leaves behind', () => {
  it('Square forum 10676, 174: return the new profile, also after several merges', async () => {
    await merge({ to_customer_id: 'NEW-C' });
    expect((await read('OLD-A')).id).toBe('NEW-C');
    await person([{ id: 'OLD-D', given_name: 'Ada' }]);
    await person({ merge: { from_customer_ids: ['NEW-C', 'OLD-D'], to_customer_id: 'NEW-E' } });
    expect((await read('OLD-A')).id).toBe('NEW-E');
    await api('DELETE', '/customers/NEW-E');
    const gone = await api('GET', '/customers/OLD-A');
    expect([gone.status, gone.json.errors[0].detail]).toEqual([404, 'Customer with ID `OLD-A` not found.']);
  });

  it('Square docs (UpdateCustomer, DeleteCustomer): cannot be written to; the error is an assumption', async () => {
    await merge();
    expect((await api('PUT', '/customers/OLD-A', { note: 'x' })).status).toBe(404);
    expect((await api('DELETE', '/customers/OLD-B')).status).toBe(404);
  });

  it('are not found by searches', async () => {
    const { merged } = await merge();
    const { customers } = (await api('POST', '/customers/search', { query: { filter: { reference_id: { exact: 'accord-1' } } } }))
      .json;
    expect(customers.map(({ id }: { id: string }) => id)).toEqual([merged]);
  });
});

describe('the webhooks of a merge', () => {
  const context = { merge: { from_customer_ids: ['OLD-A', 'OLD-B'], to_customer_id: 'NEW-C' } };
  const shown = (json: { type: string; data: { id: string } }) => `${json.type} ${json.data.id}`;

  it('Square docs (customer webhooks), forum 8321: one created and a deleted for each old profile, with the context of the merge', async () => {
    await merge({ to_customer_id: 'NEW-C' });
    const seen = (await events()).map(({ json }) => json);
    expect(seen.map(shown).toSorted()).toEqual(['customer.created NEW-C', 'customer.deleted OLD-A', 'customer.deleted OLD-B']);
    for (const { data } of seen) expect(data.object.event_context).toEqual(context);
    const created = seen.find(({ type }) => type === 'customer.created');
    expect(created.data.object.customer).toMatchObject({ id: 'NEW-C', creation_source: 'MERGE', version: 0 });
  });

  it.each([
    ['created-first', ['customer.created NEW-C', 'customer.deleted OLD-A', 'customer.deleted OLD-B']],
    ['deleted-first', ['customer.deleted OLD-B', 'customer.deleted OLD-A', 'customer.created NEW-C']],
  ] as const)('are sent %s: the order is not documented', async (mergeOrder, order) => {
    await api('PUT', '/events/enable');
    set({ mergeOrder });
    await merge({ to_customer_id: 'NEW-C' });
    expect((await api('POST', '/events')).json.events.map(shown)).toEqual(order);
  });
});

describe('an invalid merge', () => {
  it.each([
    ['one profile', { merge: { from_customer_ids: ['OLD-A', 'OLD-A'] } }, 400],
    ['an unknown profile', { merge: { from_customer_ids: ['OLD-A', 'UNKNOWN'] } }, 404],
    ['a taken id', { merge: { from_customer_ids: ['OLD-A', 'OLD-B'], to_customer_id: 'OLD-A' } }, 400],
    ['an unmerge of an unmerged profile', { unmerge: ['OLD-B'] }, 400],
    ['an undelete of an existing profile', { undelete: ['OLD-B'] }, 400],
  ])('with %s changes nothing', async (_, change, status) => {
    const answer = await control('POST', '/records', { customers: [{ given_name: 'Cleo' }], ...change });
    expect(answer.status).toBe(status);
    expect((await control('GET', '/records')).json.total).toBe(2);
    expect(await events()).toEqual([]);
  });

  it('does not include one of profiles that the same change creates', async () => {
    const customers = ['X', 'Y'].map((id) => ({ id, given_name: id }));
    const { merged } = await person({ customers, merge: { from_customer_ids: ['X', 'Y'] } });
    expect((await read('Y')).id).toBe(merged);
  });
});

describe('recovery, Square docs (CustomerCreationSource); the rest is an assumption', () => {
  it('an unmerge deletes the new profile and restores the old ones under new ids', async () => {
    await merge({ to_customer_id: 'NEW-C' });
    await events();
    receiver.received.length = 0;
    const { recovered } = await person({ unmerge: ['NEW-C'] });
    expect(await read(recovered[0])).toMatchObject({ given_name: 'Ada', creation_source: 'UNMERGE_RECOVERY', version: 0 });
    for (const id of ['NEW-C', 'OLD-A', 'OLD-B']) expect((await api('GET', `/customers/${id}`)).status).toBe(404);
    const seen = (await events()).map(({ json }) => json);
    expect(seen.map(({ type }) => type).toSorted()).toEqual(['customer.created', 'customer.created', 'customer.deleted']);
    for (const { data } of seen) expect(data.object).not.toHaveProperty('event_context');
  });

  it('an unmerge may restore the old ids', async () => {
    set({ recoveryKeepsId: true });
    await merge({ to_customer_id: 'NEW-C' });
    expect((await person({ unmerge: ['NEW-C'] })).recovered).toEqual(['OLD-A', 'OLD-B']);
    expect(await read('OLD-B')).toMatchObject({
      id: 'OLD-B',
      family_name: 'Byron',
      creation_source: 'UNMERGE_RECOVERY',
      version: 1,
    });
  });

  it('an undelete restores a deleted profile in the same way', async () => {
    await api('DELETE', '/customers/OLD-A');
    const { recovered } = await person({ undelete: ['OLD-A'] });
    expect(await read(recovered[0])).toMatchObject({ given_name: 'Ada', creation_source: 'DELETION_RECOVERY' });
  });
});
