import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '#sandbox/core/define-sandbox.ts';
import type { Person, PersonEdit } from '#sandbox/core/people.ts';
import type { RunningSandbox } from '#sandbox/core/sandbox.ts';
import { gohighlevelSandbox } from '#sandbox/gohighlevel/index.ts';
import { sandboxes } from '#sandbox/index.ts';
import { squareSandbox } from '#sandbox/square/index.ts';
import { call } from './core/http.ts';
import { startReceiver } from './core/receiver.ts';

/** A list of the account's people by the vendor's API. */
const listings: Record<string, { path: string; scheme: string; headers?: Record<string, string> }> = {
  gohighlevel: { path: '/contacts/?locationId=', scheme: 'Bearer', headers: { version: '2021-07-28' } },
  calltools: { path: '/contacts/', scheme: 'Token' },
  square: { path: '/v2/customers', scheme: 'Bearer' },
  google: { path: '/v1/people/me/connections?personFields=names', scheme: 'Bearer' },
};

const all: readonly Sandbox[] = sandboxes;

describe.each(all)('two accounts of the $title sandbox', ({ id, start, presets }) => {
  let running: RunningSandbox<object>;
  beforeAll(async () => {
    running = await start({ accounts: ['west'], settings: presets.immediate });
    await save({ givenName: 'Ada', email: 'ada@example.com', phone: '+12025550143' });
    await save({ givenName: 'Grace', email: 'grace@example.com', phone: '+12025550144' }, 'west');
  });
  afterAll(() => running.close());

  const at = (path: string, account?: string) =>
    `${running.controlUrl}/${path}${account === undefined ? '' : `?account=${account}`}`;
  const save = (person: Partial<PersonEdit>, account?: string) => call('POST', at('people', account), { people: [person] });
  const people = async (account?: string): Promise<Person[]> => (await call('GET', at('people', account))).json.people;

  async function list(account?: string): Promise<{ status: number; text: string }> {
    const info = running.info(account);
    const { path, scheme, headers } = listings[id] ?? { path: '', scheme: '' };
    const location = path.endsWith('locationId=') ? String(info.locationId) : '';
    const authorization = `${scheme} ${info.token}`;
    const response = await fetch(`${info.url}${path}${location}`, { headers: { authorization, ...headers } });
    return { status: response.status, text: await response.text() };
  }

  it('have people of their own', async () => {
    expect((await people()).map(({ givenName }) => givenName)).toEqual(['Ada']);
    expect((await people('west')).map(({ givenName }) => givenName)).toEqual(['Grace']);
  });

  it('are told apart by the token of a request, which the log shows', async () => {
    const before = running.requests().length;
    const [first, west] = [await list(), await list('west')];
    expect([first.status, west.status]).toEqual([200, 200]);
    expect([first.text.includes('Ada'), first.text.includes('Grace')]).toEqual([true, false]);
    expect([west.text.includes('Ada'), west.text.includes('Grace')]).toEqual([false, true]);
    expect(running.requests(before).map(({ account }) => account)).toEqual([undefined, 'west']);
  });

  it('have settings and faults of their own', async () => {
    await call('POST', at('faults'), { account: 'west', status: 503 });
    expect([(await list()).status, (await list('west')).status]).toEqual([200, 503]);
    await call('DELETE', at('faults'));
    const { json } = await call('GET', at('settings', 'west'));
    expect(json.info.token).not.toBe(running.info().token);
  });

  it('are unknown by another name', async () => {
    expect((await call('GET', at('people', 'north'))).status).toBe(404);
  });

  it('lose their people in a reset, and keep their tokens', async () => {
    const { token } = running.info('west');
    await call('POST', at('reset'));
    expect([await people(), await people('west')]).toEqual([[], []]);
    expect(running.info('west').token).toBe(token);
  });
});

describe('a token request', () => {
  it('is answered for the account of its refresh token', async () => {
    const running = await gohighlevelSandbox.start({ accounts: ['west'] });
    const { clientId, clientSecret, refreshToken, locationId } = running.info('west');
    const body = new URLSearchParams({
      ...{ client_id: String(clientId), client_secret: String(clientSecret) },
      ...{ grant_type: 'refresh_token', refresh_token: String(refreshToken) },
    });
    const answer = (await (await fetch(`${running.url}/oauth/token`, { method: 'POST', body })).json()) as object;
    expect(answer).toMatchObject({ locationId });
    expect(locationId).not.toBe(running.info().locationId);
    await running.close();
  });
});

describe('webhooks of two accounts', () => {
  it.each([
    [gohighlevelSandbox, 'locationId', 'locationId'],
    [squareSandbox, 'merchantId', 'merchant_id'],
  ])('name their account: %#', async (sandbox, fact, key) => {
    const receiver = await startReceiver();
    const running: RunningSandbox<object> = await sandbox.start({ accounts: ['west'], webhookTargets: [receiver.url] });
    await call('POST', `${running.controlUrl}/people?account=west`, {
      people: [{ givenName: 'Grace', email: 'grace@example.com' }],
    });
    await running.webhooks.idle();
    expect(receiver.received.map(({ body }) => JSON.parse(body)[key])).toEqual([running.info('west')[fact]]);
    await running.close();
    await receiver.close();
  });

  it('have one key at GoHighLevel, which signs the events of all locations', async () => {
    const running = await gohighlevelSandbox.start({ accounts: ['west'] });
    expect(running.info('west').webhookPublicKey).toBe(running.info().webhookPublicKey);
    await running.close();
  });
});
