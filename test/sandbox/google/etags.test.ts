import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const google = await startHarness();
const { create, get, list, set, update } = google;

beforeEach(() => google.reset());
afterAll(() => google.close());

const named = (givenName: string) => ({ names: [{ givenName }] });
const rename = (name: string, body: object) => update(name, 'names', { ...named('Augusta'), ...body });

const mismatch = {
  code: 400,
  message: 'Request person.etag is different than the current person.etag. Clear local cache and get the latest person.',
  status: 'FAILED_PRECONDITION',
};

describe('the etag of an update', () => {
  it('Google docs: must be the present one; the answer contains the next (error: google-api-python-client issue 2417)', async () => {
    const { etag, resourceName } = await create(named('Ada'));
    const { json } = await rename(resourceName, { etag });
    expect((await rename(resourceName, { etag })).json).toEqual({ error: mismatch });
    expect((await rename(resourceName, { etag: json.etag })).status).toBe(200);
  });

  it('integrators quote the 400 for a missing one', async () => {
    const { resourceName } = await create(named('Ada'));
    expect((await rename(resourceName, {})).json.error).toEqual({
      ...{ code: 400, status: 'INVALID_ARGUMENT' },
      message: 'Request must set person.etag or person.metadata.sources.etag for the source that is being updated.',
    });
  });

  it('Google docs: may be the one of the contact source; a stale one is refused (php-google-people-api issue 22)', async () => {
    const { metadata, resourceName } = await create(named('Ada'));
    expect((await rename(resourceName, { metadata })).status).toBe(200);
    expect((await rename(resourceName, { metadata })).json.error).toMatchObject({
      status: 'FAILED_PRECONDITION',
      message: expect.stringContaining('person.metadata.sources.etag is different'),
    });
  });

  it('integrators report: a source’s etag never matches as the person’s', async () => {
    const { metadata, resourceName } = await create(named('Ada'));
    expect((await rename(resourceName, { etag: metadata.sources[0].etag })).json).toEqual({ error: mismatch });
  });

  it('Google docs: 400 if the sources lack a contact', async () => {
    const { etag, resourceName } = await create(named('Ada'));
    expect((await rename(resourceName, { etag, metadata: { sources: [{ type: 'PROFILE' }] } })).status).toBe(400);
  });

  it('does not match another person', async () => {
    const [ada, bob] = [await create(named('Ada')), await create(named('Bob'))];
    expect((await rename(bob.resourceName, { etag: ada.etag })).json).toEqual({ error: mismatch });
  });

  it('is not required by a delete, whose request has no place for it', async () => {
    const { resourceName } = await create(named('Ada'));
    expect((await google.remove(resourceName)).status).toBe(200);
  });
});

describe('two reads of one state', () => {
  it('live captures: return different etags for different masks, and all are valid', async () => {
    const { resourceName } = await create(named('Ada'));
    const [one, two] = [await get(resourceName, 'names'), await get(resourceName, 'names,emailAddresses')];
    expect(one.etag).not.toBe(two.etag);
    expect((await get(resourceName, 'emailAddresses,names')).etag).toBe(two.etag);
    const [listed] = (await list({ personFields: 'names' })).json.connections;
    expect(listed.etag).toBe(one.etag);
    expect((await rename(resourceName, { etag: listed.etag })).status).toBe(200);
  });

  it('one integrator reports that an etag from a list is refused, and one from a read or an update accepted', async () => {
    set({ etagMode: 'listRejected' });
    const { resourceName } = await create(named('Ada'));
    const [listed] = (await list({ personFields: 'names' })).json.connections;
    expect((await rename(resourceName, { etag: listed.etag })).json).toEqual({ error: mismatch });
    const { json } = await rename(resourceName, { etag: (await get(resourceName, 'names')).etag });
    expect((await rename(resourceName, { etag: json.etag })).status).toBe(200);
  });
});

it('google-api-python-client issue 2417: a strict sequence of read and update fails occasionally', async () => {
  set({ spuriousMismatchRate: 0.5 });
  const { resourceName } = await create(named('Ada'));
  const statuses: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    statuses.push((await rename(resourceName, { etag: (await get(resourceName)).etag })).status);
  }
  expect(statuses).toEqual([200, 400, 200, 400]);
});
