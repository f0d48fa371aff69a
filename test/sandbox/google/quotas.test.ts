import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { googleSandbox } from '#sandbox/google/index.ts';
import type { GoogleSettings } from '#sandbox/google/settings.ts';
import { startHarness } from './harness.ts';

const google = await startHarness();
const { advance, api, create, list, set } = google;

beforeEach(() => google.reset());
afterAll(() => google.close());

const batch = (contacts: object[]) => api('POST', 'people:batchCreateContacts', { contacts, readMask: 'names' });
const erase = () => api('DELETE', 'people/c1:deleteContact');
const syncing = () => list({ requestSyncToken: true });

it('has the limits that integrators see: Google publishes none', async () => {
  const plain = await googleSandbox.start();
  expect(plain.settings.current).toMatchObject({
    ...{ criticalReadsPerMinute: 90, criticalWritesPerMinute: 90, writeRequestsPerMinute: 30 },
    ...{ groupReadsPerMinute: 90, dailyContactWrites: 100_000 },
  });
  await plain.close();
});

/** Google docs, "Read and Manage Contacts": the cost of one call. */
const costs: [string, Partial<GoogleSettings>, () => Promise<unknown>][] = [
  ['a read: 1 critical read', { criticalReadsPerMinute: 1 }, list],
  ['a create: 1 critical read', { criticalReadsPerMinute: 1 }, () => create({})],
  ['a create: 1 critical write', { criticalWritesPerMinute: 1 }, () => create({})],
  ['a create: 1 daily contact write', { dailyContactWrites: 1 }, () => create({})],
  ['a batch of one: 6 critical reads', { criticalReadsPerMinute: 6 }, () => batch([{ contactPerson: {} }])],
  ['a batch of one: 6 critical writes', { criticalWritesPerMinute: 6 }, () => batch([{ contactPerson: {} }])],
  ['a batch of one: 200 daily contact writes', { dailyContactWrites: 200 }, () => batch([{ contactPerson: {} }])],
  ['a delete: 1 write request', { writeRequestsPerMinute: 1 }, erase],
  [
    'a batch delete: 10 write requests',
    { writeRequestsPerMinute: 10 },
    () => api('POST', 'people:batchDeleteContacts', { resourceNames: [] }),
  ],
  ['a list of groups: 1 group read', { groupReadsPerMinute: 1 }, () => api('GET', 'contactGroups')],
  ['the first page of a full sync: 1 full sync', { fullSyncsPerMinute: 1 }, syncing],
];

it.each(costs)('Google docs: %s, and a second one exceeds the quota', async (_, limit, request) => {
  set(limit);
  const [one, two] = [await request(), await request()].map((each) => JSON.stringify(each));
  expect(one).not.toContain('RESOURCE_EXHAUSTED');
  expect(two).toContain('RESOURCE_EXHAUSTED');
});

describe('a 429', () => {
  it('live capture: names metric and limit, has no Retry-After, and ends after the minute', async () => {
    set({ criticalWritesPerMinute: 0 });
    const answer = await api('POST', 'people:createContact', {});
    const metric = 'Critical write requests';
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(answer.json.error).toMatchObject({ code: 429, status: 'RESOURCE_EXHAUSTED' });
    expect(answer.json.error.message).toContain(`'${metric}' and limit '${metric} per minute per user'`);
    expect(answer.json.error.details).toMatchObject([
      {
        ...{ reason: 'RATE_LIMIT_EXCEEDED', domain: 'googleapis.com' },
        metadata: {
          quota_metric: 'people.googleapis.com/critical_write_requests',
          quota_limit: 'CriticalWritesPerMinutePerProjectPerUser',
        },
      },
    ]);
    set({ criticalWritesPerMinute: 1 });
    expect([(await create({})).error, (await create({})).error?.code]).toEqual([undefined, 429]);
    advance(60_000);
    expect((await create({})).error).toBeUndefined();
  });

  it('integrators report another one for the daily writes, which lasts longer than a minute', async () => {
    set({ dailyContactWrites: 1 });
    await create({});
    advance(60_000);
    expect((await create({})).error).toEqual({
      ...{ code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Resource has been exhausted (e.g. check quota).' },
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ subject: 'QUOTA_EXCEEDED', description: 'FBS quota limit exceeded' }],
        },
      ],
    });
    advance(86_400_000);
    expect((await create({})).error).toBeUndefined();
  });

  it('Google docs: further pages and incremental syncs do not count as full syncs', async () => {
    await google.people([{}, {}]);
    set({ fullSyncsPerMinute: 1 });
    const { nextPageToken: pageToken } = (await list({ requestSyncToken: true, pageSize: 1 })).json;
    const { nextSyncToken } = (await list({ requestSyncToken: true, pageSize: 1, pageToken })).json;
    expect((await google.since(nextSyncToken, { pageSize: 1 })).status).toBe(200);
    expect((await syncing()).status).toBe(429);
    expect((await list()).status).toBe(200);
  });
});
