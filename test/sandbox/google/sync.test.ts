import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { namesOf, startHarness } from './harness.ts';

const google = await startHarness();
const { advance, create, get, list, people, remove, set, since, sync, update } = google;
const dayMs = 86_400_000;

beforeEach(() => google.reset());
afterAll(() => google.close());

const named = (givenName: string) => ({ names: [{ givenName }] });
const seed = async (count: number): Promise<string[]> =>
  (await people(Array.from({ length: count }, (_, index) => named(`Person ${index}`)))).people;

describe('a sync token', () => {
  it('Google docs: is on the last page, and only if requested', async () => {
    await seed(3);
    const one = (await list({ pageSize: 2, requestSyncToken: true })).json;
    expect(one).not.toHaveProperty('nextSyncToken');
    const two = (await list({ pageSize: 2, requestSyncToken: true, pageToken: one.nextPageToken })).json;
    expect(two.nextSyncToken).toEqual(expect.any(String));
    expect((await list()).json).not.toHaveProperty('nextSyncToken');
  });

  it('Google docs: returns each later change once', async () => {
    const [ada, bob] = await seed(2);
    const token = await sync();
    expect(namesOf(await since(token))).toEqual([]);
    await people({ people: [{ resourceName: ada, ...named('Ada') }] });
    await people({ people: [{ resourceName: ada, ...named('Augusta') }] });
    const changed = await since(token);
    expect(namesOf(changed)).toEqual([ada]);
    expect(changed.json.connections[0].names[0].givenName).toBe('Augusta');
    expect(namesOf(await since(changed.json.nextSyncToken))).toEqual([]);
    expect(namesOf(await since(token))).not.toContain(bob);
  });

  it('Google docs (PersonMetadata): returns deleted people without values; a full listing does not', async () => {
    const [ada] = await seed(2);
    const token = await sync();
    await remove(ada as string);
    const { connections } = (await since(token)).json;
    expect(connections).toMatchObject([{ resourceName: ada, metadata: { deleted: true } }]);
    expect(connections[0]).not.toHaveProperty('names');
    expect(namesOf(await list({ requestSyncToken: true }))).not.toContain(ada);
  });

  it('returns only the resource name of a deleted person if the mask lacks `metadata`, which the guide requires', async () => {
    const [ada] = await seed(1);
    const { nextSyncToken: syncToken } = (await list({ personFields: 'names', requestSyncToken: true })).json;
    await remove(ada as string);
    const { connections } = (await list({ personFields: 'names', requestSyncToken: true, syncToken })).json;
    expect(connections).toEqual([{ resourceName: ada, etag: expect.any(String) }]);
  });

  it('an assumption: a person restored from the trash is listed as not deleted', async () => {
    const [ada] = await seed(1);
    const token = await sync();
    await people({ delete: [ada] });
    await people({ restore: [ada] });
    const { connections } = (await since(token)).json;
    expect(connections).toMatchObject([{ resourceName: ada, names: [{ givenName: 'Person 0' }] }]);
    expect(connections[0].metadata).not.toHaveProperty('deleted');
  });

  it('misses no change between two pages of a full sync', async () => {
    const everyone = await seed(4);
    const [ada, bob, eve] = everyone as [string, string, string];
    const one = await list({ pageSize: 2, requestSyncToken: true });
    await people({ delete: [ada], people: [{ resourceName: eve, ...named('Evelyn') }] });
    const two = await list({ pageSize: 2, requestSyncToken: true, pageToken: one.json.nextPageToken });
    const next = await since(two.json.nextSyncToken, { pageSize: 2 });
    expect(namesOf(one)).toEqual([ada, bob]);
    expect(namesOf(two)).toContain(eve);
    expect(namesOf(next)).toEqual(expect.arrayContaining([ada]));
  });

  it.each([{ personFields: 'names' }, { pageSize: 7 }, { sources: 'READ_SOURCE_TYPE_CONTACT' }, { requestSyncToken: false }])(
    'Google docs: requires the parameters of the call that returned it, not %j',
    async (other) => {
      const refused = await since(await sync(), other as never);
      expect(refused.json.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
    },
  );

  it('integrators report: a malformed token or one of another account is an invalid argument', async () => {
    const token = await sync();
    await google.reset();
    for (const foreign of ['nonsense', token]) {
      expect((await since(foreign)).json.error).toMatchObject({
        code: 400,
        status: 'INVALID_ARGUMENT',
        message: 'Request contains an invalid argument.',
      });
    }
  });
});

describe('an expired sync token', () => {
  const message = 'Sync token is expired. Clear local cache and retry call without the sync token.';
  const details = [
    { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'EXPIRED_SYNC_TOKEN', domain: 'people.googleapis.com' },
  ];

  it('Google docs: expires 7 days after the full sync; another full sync recovers', async () => {
    const token = await sync();
    advance(7 * dayMs - 60_000);
    expect((await since(token)).status).toBe(200);
    advance(60_000);
    const expired = await since(token);
    expect([expired.status, expired.json]).toEqual([
      400,
      { error: { code: 400, message, status: 'FAILED_PRECONDITION', details } },
    ]);
    expect((await since(await sync())).status).toBe(200);
  });

  it('it is unknown whether a chained token renews the 7 days: both are possible', async () => {
    const token = await sync();
    advance(4 * dayMs);
    const chained = (await since(token)).json.nextSyncToken;
    advance(4 * dayMs);
    expect((await since(chained)).status).toBe(400);
    set({ syncTokenAge: 'issue' });
    expect((await since(chained)).status).toBe(200);
  });

  it.each([
    ['invalidArgument', 400, { status: 'INVALID_ARGUMENT', message, details }],
    ['gone', 410, { status: 'FAILED_PRECONDITION', message, details }],
    ['messageOnly', 400, { code: 400, status: 'FAILED_PRECONDITION', message }],
  ] as const)('integrators report different formats: %s', async (form, status, error) => {
    const token = await sync();
    set({ expiredSyncToken: form });
    advance(8 * dayMs);
    const answer = await since(token);
    expect(answer.status).toBe(status);
    expect(answer.json.error).toEqual({ code: status, ...error });
  });
});

describe('propagation', () => {
  it('Google docs: sync sees a write minutes later, a read by resource name immediately', async () => {
    set({ propagationDelayMs: 180_000 });
    const token = await sync();
    const { resourceName } = await create(named('Ada'));
    expect(await get(resourceName, 'names')).toMatchObject({ names: [{ givenName: 'Ada' }] });
    expect(namesOf(await list())).toEqual([resourceName]);
    expect(namesOf(await since(token))).toEqual([]);
    advance(180_000);
    expect(namesOf(await since(token))).toEqual([resourceName]);
  });

  it('a token issued in between still returns the write', async () => {
    set({ propagationDelayMs: 180_000 });
    const { resourceName } = await create(named('Ada'));
    const early = await sync();
    advance(180_000);
    expect(namesOf(await since(early))).toEqual([resourceName]);
  });

  it('shows each state in order, even if the delay changes', async () => {
    set({ propagationDelayMs: 60_000 });
    const token = await sync();
    const ada = await create(named('Ada'));
    set({ propagationDelayMs: 0 });
    await update(ada.resourceName, 'names', { etag: ada.etag, ...named('Augusta') });
    expect(namesOf(await since(token))).toEqual([]);
    advance(60_000);
    expect((await since(token)).json.connections).toMatchObject([{ names: [{ givenName: 'Augusta' }] }]);
  });
});
