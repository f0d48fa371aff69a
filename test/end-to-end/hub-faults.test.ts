import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { edit, findPeople, type Member, members, peopleIn, syncedPerson, untilEverywhere } from '#test/setup/hub.ts';
import { nextPhone } from '#test/setup/people.ts';
import { pollNow } from '#test/setup/polls.ts';

let accord: Accord;
beforeAll(async () => {
  accord = await startAccord({ providers: ['gohighlevel', 'calltools', 'square', 'google'] });
  await pollNow(accord, 'google');
});
afterAll(() => accord.close());
afterEach(async () => {
  for (const sandbox of Object.values(accord.sandboxes)) await control(sandbox, 'DELETE', 'faults');
});

const fault = (member: Member, what: object) => control(accord.sandboxes[member], 'POST', 'faults', what);
const mend = (member: Member) => control(accord.sandboxes[member], 'DELETE', 'faults');

/** Waits until a provider has this person once, with these values. */
const arrives = (member: Member, email: string, change: object = {}) =>
  eventually(async () => expect(await findPeople(accord, member, email)).toEqual([expect.objectContaining(change)]));

describe('while one provider is down', () => {
  it.each(members)('%s, the others continue, and it catches up afterwards', async (down) => {
    const { ids, email } = await syncedPerson(accord);
    await fault(down, { path: '/**', status: 503, body: 'down' });
    const [one, other] = members.filter((each) => each !== down) as [Member, Member];
    const from = one === 'google' ? other : one;
    const to = from === one ? other : one;
    await edit(accord, from, { givenName: 'Augusta' }, ids[from]);
    await arrives(to, email, { givenName: 'Augusta' });
    expect(await findPeople(accord, down, email)).toEqual([expect.objectContaining({ givenName: 'Ada' })]);

    await mend(down);
    expect(await untilEverywhere(accord, email, { givenName: 'Augusta' })).toEqual({ ids });
  });
});

describe('a create whose answer is lost', () => {
  const creates = [
    ['square', { method: 'POST', path: '/v2/customers' }],
    ['google', { method: 'POST', path: '/v1/people:createContact' }],
    ['gohighlevel', { method: 'POST', path: '/contacts/' }],
  ] as const;
  const emails = new Map<Member, string>();
  // One after the other, and without a wait for the end: Accord waits seconds before it repeats such a create.
  beforeAll(async () => {
    for (const [member, request] of creates) {
      const phone = nextPhone();
      const email = `lost.${phone.slice(-4)}@example.com`;
      emails.set(member, email);
      await fault(member, { ...request, dropResponse: true, times: 1 });
      const from = member === 'square' ? 'gohighlevel' : 'square';
      await edit(accord, from, { givenName: 'Ada', familyName: 'Lovelace', phone, email });
      for (const other of members.filter((each) => each !== member)) await arrives(other, email);
      await eventually(async () => expect(await control(accord.sandboxes[member], 'GET', 'faults')).toEqual({ faults: [] }));
    }
  });

  it.each(members)('by %s makes one record', async (member) => {
    const email = emails.get(member) as string;
    const { ids } = await untilEverywhere(accord, email);
    expect(await untilEverywhere(accord, email)).toEqual({ ids });
  });
});

it('a revoked grant parks its lane, the others continue, and it catches up after a new grant', async () => {
  const { ids, email } = await syncedPerson(accord);
  const { refreshToken } = accord.sandboxes.google.settings.current;
  await control(accord.sandboxes.google, 'PATCH', 'settings', { revokedRefreshTokens: [refreshToken] });
  await edit(accord, 'gohighlevel', { givenName: 'Augusta' }, ids.gohighlevel);
  await arrives('square', email, { givenName: 'Augusta' });
  const contactId = await accord.contactIdOf(ids.gohighlevel);
  await eventually(async () => {
    const { lanes } = await accord.syncState(contactId);
    expect(lanes).toContainEqual(
      expect.objectContaining({
        provider: 'google',
        status: 'parked',
        error: expect.objectContaining({ type: 'AuthenticationError' }),
      }),
    );
  });

  await control(accord.sandboxes.google, 'PATCH', 'settings', { revokedRefreshTokens: [] });
  await accord.workflowOf(contactId).signal('retryNow');
  expect(await untilEverywhere(accord, email, { givenName: 'Augusta' })).toEqual({ ids });
});

it('clocks that differ by five minutes have no effect', async () => {
  await control(accord.sandboxes.square, 'POST', 'clock', { advanceMs: 5 * 60_000 });
  const { ids, email } = await syncedPerson(accord);
  await edit(accord, 'square', { givenName: 'Augusta' }, ids.square);
  await untilEverywhere(accord, email, { givenName: 'Augusta' });
  await edit(accord, 'gohighlevel', { givenName: 'Ada' }, ids.gohighlevel);
  expect(await untilEverywhere(accord, email, { givenName: 'Ada' })).toEqual({ ids });
});

it('duplicate and unordered webhooks end in the newest state', async () => {
  const { ids, email } = await syncedPerson(accord);
  await control(accord.sandboxes.square, 'PUT', 'webhooks', { duplicate: 3, reorder: 3 });
  for (const givenName of ['Annabella', 'Byron', 'Augusta']) await edit(accord, 'square', { givenName }, ids.square);
  expect(await untilEverywhere(accord, email, { givenName: 'Augusta' })).toEqual({ ids });
  await control(accord.sandboxes.square, 'PUT', 'webhooks', { duplicate: 0, reorder: 0 });
});

describe('Google', () => {
  it('is listed in full after our sync token expired, without duplicates', async () => {
    const { ids, email } = await syncedPerson(accord);
    const before = await Promise.all(members.map(async (member) => (await peopleIn(accord, member)).length));
    await edit(accord, 'google', { givenName: 'Augusta' }, ids.google);
    await control(accord.sandboxes.google, 'POST', 'clock', { advanceMs: 8 * 24 * 60 * 60_000 });
    expect(await untilEverywhere(accord, email, { givenName: 'Augusta' })).toEqual({ ids });
    expect(await Promise.all(members.map(async (member) => (await peopleIn(accord, member)).length))).toEqual(before);
  });

  it('gets the change later when its quota is used up', async () => {
    const { ids, email } = await syncedPerson(accord);
    const body = { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded' } };
    // Without a Retry-After from Google, the client waits for a minute.
    await fault('google', { method: 'PATCH', status: 429, headers: { 'retry-after': '1' }, body, times: 2 });
    await edit(accord, 'square', { givenName: 'Augusta' }, ids.square);
    expect(await untilEverywhere(accord, email, { givenName: 'Augusta' })).toEqual({ ids });
  });

  it('is written despite occasional refusals of a valid etag', async () => {
    await control(accord.sandboxes.google, 'PATCH', 'settings', { spuriousMismatchRate: 0.5 });
    const { ids, email } = await syncedPerson(accord);
    await edit(accord, 'square', { givenName: 'Augusta' }, ids.square);
    expect(await untilEverywhere(accord, email, { givenName: 'Augusta' })).toEqual({ ids });
    await control(accord.sandboxes.google, 'PATCH', 'settings', { spuriousMismatchRate: 0 });
  });
});
