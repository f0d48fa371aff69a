import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const google = await startHarness();
const { api, create, get, people } = google;

beforeEach(() => google.reset());
afterAll(() => google.close());

const make = async (name: string) => (await api('POST', 'contactGroups', { contactGroup: { name } })).json;
const modify = (group: string, body: object) => api('POST', `${group}/members:modify`, body);
const groupsOf = async (name: string) =>
  (await get(name, 'memberships')).memberships.map(
    ({ contactGroupMembership }: { contactGroupMembership: { contactGroupResourceName: string } }) =>
      contactGroupMembership.contactGroupResourceName,
  );

describe('contact groups', () => {
  it('Google docs: are returned with type, count, metadata and name', async () => {
    const group = await make('Customers');
    expect(group).toEqual({
      ...{ resourceName: expect.stringMatching(/^contactGroups\/[0-9a-f]+$/), etag: expect.any(String) },
      ...{ metadata: { updateTime: expect.any(String) }, groupType: 'USER_CONTACT_GROUP' },
      ...{ name: 'Customers', formattedName: 'Customers' },
    });
    expect((await api('GET', 'contactGroups/myContacts?groupFields=name')).json).toEqual({
      ...{ resourceName: 'contactGroups/myContacts', etag: expect.any(String) },
      ...{ name: 'myContacts', formattedName: 'My Contacts' },
    });
  });

  it('Google docs: contain members if requested', async () => {
    const { resourceName: ada } = await create({});
    const { resourceName } = await make('Customers');
    await modify(resourceName, { resourceNamesToAdd: [ada] });
    expect((await api('GET', resourceName)).json).not.toHaveProperty('memberResourceNames');
    expect((await api('GET', `${resourceName}?maxMembers=5`)).json).toMatchObject({
      memberCount: 1,
      memberResourceNames: [ada],
    });
  });

  it('Google docs: have unique names; a taken name is a 409', async () => {
    await make('Customers');
    expect((await make('Customers')).error).toMatchObject({ code: 409, status: 'ALREADY_EXISTS' });
  });

  it('are renamed by PUT, with their present etag', async () => {
    const { etag, resourceName } = await make('Customers');
    const rename = (name: string) => api('PUT', resourceName, { contactGroup: { name, etag }, updateGroupFields: 'name' });
    expect((await rename('Clients')).json).toMatchObject({ name: 'Clients' });
    expect((await rename('Friends')).json.error.status).toBe('FAILED_PRECONDITION');
    expect((await api('PUT', 'contactGroups/starred', { contactGroup: { name: 'Stars' } })).status).toBe(400);
  });

  it('Google docs: are listed page by page, then by sync token, deleted ones included', async () => {
    const { resourceName } = await make('Customers');
    const one = (await api('GET', 'contactGroups?pageSize=4')).json;
    expect(one).not.toHaveProperty('nextSyncToken');
    const two = (await api('GET', `contactGroups?pageSize=4&pageToken=${one.nextPageToken}`)).json;
    expect(one.contactGroups.length + two.contactGroups.length).toBe(7);
    await api('DELETE', resourceName);
    const { contactGroups } = (await api('GET', `contactGroups?pageSize=4&syncToken=${two.nextSyncToken}`)).json;
    expect(contactGroups).toMatchObject([{ resourceName, metadata: { deleted: true } }]);
  });

  it('Google docs (batchGet): an error is one item’s', async () => {
    const names = ['contactGroups/starred', 'contactGroups/nowhere'];
    const { json } = await api('GET', `contactGroups:batchGet?${names.map((name) => `resourceNames=${name}`).join('&')}`);
    expect(json.responses).toMatchObject([{ contactGroup: { name: 'starred' } }, { status: { code: 5 } }]);
  });
});

describe('members', () => {
  it('Google docs: are added and removed, and unknown ones are named', async () => {
    const { resourceName: ada } = await create({});
    const { resourceName } = await make('Customers');
    const answer = await modify(resourceName, { resourceNamesToAdd: [ada, 'people/c1'] });
    expect(answer.json).toEqual({ notFoundResourceNames: ['people/c1'] });
    expect(await groupsOf(ada)).toEqual(['contactGroups/myContacts', resourceName]);
    expect((await modify(resourceName, { resourceNamesToRemove: [ada] })).json).toEqual({});
    expect(await groupsOf(ada)).toEqual(['contactGroups/myContacts']);
  });

  it('Google docs: a contact keeps its last group', async () => {
    const { resourceName: ada } = await create({});
    expect((await modify('contactGroups/myContacts', { resourceNamesToRemove: [ada] })).json).toEqual({
      canNotRemoveLastContactGroupResourceNames: [ada],
    });
    expect(await groupsOf(ada)).toEqual(['contactGroups/myContacts']);
  });

  it('Google docs: at most 1,000 in one request, and none for deprecated groups', async () => {
    const many = Array.from({ length: 1_001 }, (_, index) => `people/c${index}`);
    expect((await modify('contactGroups/starred', { resourceNamesToAdd: many })).status).toBe(400);
    expect((await modify('contactGroups/friends', { resourceNamesToAdd: ['people/c1'] })).status).toBe(400);
  });

  it('Google docs: are deleted with their group only if requested', async () => {
    const { people: names, groups } = await people({ groups: ['Customers', 'Leads'], people: [{}, {}] });
    const [ada, bob] = names;
    for (const [group, name] of [
      [groups.Customers, ada],
      [groups.Leads, bob],
    ]) {
      await modify(group, { resourceNamesToAdd: [name] });
      await modify('contactGroups/myContacts', { resourceNamesToRemove: [name] });
    }
    await api('DELETE', groups.Customers);
    await api('DELETE', `${groups.Leads}?deleteContacts=true`);
    expect(await groupsOf(ada)).toEqual(['contactGroups/myContacts']);
    expect((await get(bob)).error.code).toBe(404);
  });
});
