import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const google = await startHarness();
const { api, get, list, people, set } = google;

beforeEach(() => google.reset());
afterAll(() => google.close());

const named = (givenName: string) => ({ names: [{ givenName }] });
const twice = { names: [{ givenName: 'a' }, { givenName: 'b' }] };
const create = (contacts: object[], readMask?: string) =>
  api('POST', 'people:batchCreateContacts', { contacts: contacts.map((contactPerson) => ({ contactPerson })), readMask });
const update = (contacts: object, readMask = 'names') =>
  api('POST', 'people:batchUpdateContacts', { contacts, updateMask: 'names', readMask });
const remove = (resourceNames: string[]) => api('POST', 'people:batchDeleteContacts', { resourceNames });
const total = async () => (await list()).json.totalItems;

describe('a batch', () => {
  it('Google docs: creates, and returns each person', async () => {
    const { json } = await create([named('Ada'), named('Bob')], 'names');
    expect(json.createdPeople).toMatchObject([
      { httpStatusCode: 200, person: { names: [{ givenName: 'Ada' }] }, status: {} },
      { httpStatusCode: 200, person: { names: [{ givenName: 'Bob' }] }, status: {} },
    ]);
    expect(json.createdPeople[0].requestedResourceName).toBe(json.createdPeople[0].person.resourceName);
  });

  it('Google docs: returns no people without a mask, so the caller never learns their resource names', async () => {
    expect((await create([named('Ada')])).json).toEqual({});
    expect(await total()).toBe(1);
  });

  it('Google docs: updates people by resource name, each with its etag', async () => {
    const [ada, bob] = (await create([named('Ada'), named('Bob')], 'names')).json.createdPeople;
    const change = ({ person }: { person: { etag: string } }, name: string) => ({ etag: person.etag, ...named(name) });
    const contacts = {
      [ada.person.resourceName]: change(ada, 'Augusta'),
      [bob.person.resourceName]: change(bob, 'Robert'),
    };
    const { updateResult } = (await update(contacts)).json;
    expect(updateResult[ada.person.resourceName]).toMatchObject({ httpStatusCode: 200, person: named('Augusta') });
    expect(await get(bob.person.resourceName, 'names')).toMatchObject(named('Robert'));
  });

  it('Google docs: deletes', async () => {
    const { people: names } = await people([named('Ada'), named('Bob')]);
    expect(await remove(names)).toMatchObject({ status: 200, json: {} });
    expect(await total()).toBe(0);
  });

  it('Google docs (batchGet): an error is one item’s', async () => {
    const [ada] = (await people([named('Ada')])).people;
    const { json } = await api('GET', `people:batchGet?resourceNames=${ada}&resourceNames=people/c1&personFields=names`);
    expect(json.responses).toMatchObject([
      { requestedResourceName: ada, httpStatusCode: 200, person: named('Ada'), status: {} },
      { requestedResourceName: 'people/c1', httpStatusCode: 404, status: { code: 5 } },
    ]);
  });

  it.each([
    ['201 creates', () => create(Array.from({ length: 201 }, () => named('x')))],
    ['201 updates', () => update(Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`people/c${index}`, {}])))],
    ['501 deletes', () => remove(Array.from({ length: 501 }, () => 'people/c1'))],
    ['201 reads', () => api('GET', `people:batchGet?personFields=names${'&resourceNames=people/c1'.repeat(201)}`)],
  ])('Google docs: %s are too many', async (_, request) => {
    expect((await request()).json.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
    expect(await total()).toBe(0);
  });
});

describe('a batch with a bad contact', () => {
  it('Google docs (BatchCreateContactsErrorDetails): is an error that names it; that none are written is a guess', async () => {
    const { json } = await create([named('Ada'), twice], 'names');
    const [details] = json.error.details;
    expect(json.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
    expect(details['@type']).toBe('type.googleapis.com/google.people.v1.BatchCreateContactsErrorDetails');
    expect(details.contactErrors).toEqual({ 1: { code: 3, message: 'Cannot have more than one person.names per source.' } });
    expect(await total()).toBe(0);
  });

  it('Google docs (BatchUpdateContactsErrorDetails): one stale etag fails the batch', async () => {
    const [ada, bob] = (await create([named('Ada'), named('Bob')], 'names')).json.createdPeople;
    await people({ touch: [bob.person.resourceName] });
    const contacts = {
      [ada.person.resourceName]: { etag: ada.person.etag, ...named('Augusta') },
      [bob.person.resourceName]: { etag: bob.person.etag, ...named('Robert') },
    };
    const { error } = (await update(contacts)).json;
    expect(error).toMatchObject({ code: 400, status: 'FAILED_PRECONDITION' });
    expect(error.details[0].contactErrors).toMatchObject({ [bob.person.resourceName]: { code: 9 } });
    expect(await get(ada.person.resourceName, 'names')).toMatchObject(named('Ada'));
  });

  it('may write the good contacts all the same: it is unknown', async () => {
    set({ failedBatch: 'rest' });
    expect((await create([named('Ada'), twice], 'names')).status).toBe(400);
    expect(await total()).toBe(1);
  });

  it('deletes no contact if one is unknown: a guess', async () => {
    const [ada] = (await people([named('Ada')])).people;
    expect((await remove([ada, 'people/c1'])).status).toBe(404);
    expect(await total()).toBe(1);
  });
});
