import { expect, it } from '@jest/globals';
import { toProviders } from '#config/accounts.ts';
import type { LockAccount } from '#providers/account-lock.ts';
import { AuthenticationError, NotFoundError, type ProviderError, UnreadableRecordError } from '#providers/errors.ts';
import { calltools } from '#providers/index.ts';
import type { TokenStore } from '#providers/oauth.ts';
import type { ConnectOptions, Provider, ProviderClient } from '#providers/provider.ts';

const facts = { provider: 'calltools', operation: 'read contact' };
const unreadable = () => new UnreadableRecordError({ ...facts, message: 'CallTools sends this.', externalId: '1', reason: 'x' });

const client: ProviderClient = {
  accountId: 'b.calltools.io',
  requestsPerSecond: 2,
  read: async () => {
    throw new AuthenticationError({ ...facts, message: 'CallTools rejects our credentials; is CALLTOOLS_API_KEY right?' });
  },
  list: async () => ({ records: [], unreadable: [unreadable()], cursor: null, total: null }),
  readMany: async () => [null, unreadable()],
  find: async () => [],
  create: () => Promise.reject(new Error('A fault of ours about CALLTOOLS_API_KEY')),
  update: () => Promise.reject(new DOMException('Aborted', 'AbortError')),
  findMissingFields: async () => [{ setting: 'accounts.calltools.emailField', field: 'mail', existing: [] }],
};

const used: unknown[] = [];
let options: ConnectOptions<unknown, unknown> | undefined;
const vendor: Provider = {
  ...calltools,
  connect: (given) => {
    options = given;
    return client;
  },
};
const tokens: TokenStore = {
  find: async (key) => {
    used.push(key);
    return null;
  },
  refreshExclusively: async (key, refresh) => {
    used.push(key);
    return refresh(null);
  },
  saveFailure: async (key, failure) => void used.push({ ...key, ...failure }),
};

const lockAccount: LockAccount = async (key) => {
  used.push(key);
  return null;
};

const [first, second] = toProviders([vendor], { ids: ['calltools-b'], names: { 'calltools-b': 'Second silo' } });
const connect = (provider = second) => provider?.connect({ account: {}, secrets: {}, lists: [], tokens, lockAccount });
const errorOf = async (call: Promise<unknown> | undefined) =>
  call?.then(
    () => null,
    (error: unknown) => error,
  );

it('is a provider of its own, with the rules of its vendor', () => {
  expect(second).toMatchObject({ id: 'calltools-b', name: 'CallTools (Second silo)', fields: calltools.fields });
  expect(first).toBe(vendor);
});

it('has errors of its own, with its variables, wherever a client throws or returns them', async () => {
  expect(await errorOf(connect()?.read('1'))).toMatchObject({
    provider: 'calltools-b',
    message: 'CallTools (Second silo) rejects our credentials; is CALLTOOLS_API_KEY__B right?',
  });
  const expected = expect.objectContaining({ provider: 'calltools-b', message: 'CallTools (Second silo) sends this.' });
  expect((await connect()?.list({ cursor: null }))?.unreadable).toEqual([expected]);
  expect(await connect()?.readMany?.(['1', '2'])).toEqual([null, expected]);
});

it('leaves errors that are no provider’s, and the classes of those that are', async () => {
  expect(await errorOf(connect()?.read('1'))).toBeInstanceOf(AuthenticationError);
  expect(
    await errorOf(connect()?.create({ set: {}, addTags: [], removeTags: [], addLists: [], removeLists: [] }, { reference: 'r' })),
  ).toEqual(new Error('A fault of ours about CALLTOOLS_API_KEY'));
  expect(
    await errorOf(
      connect()?.update('1', { set: {}, addTags: [], removeTags: [], addLists: [], removeLists: [] }, { version: null }),
    ),
  ).toBeInstanceOf(DOMException);
});

it('names its own settings for fields that its account lacks', async () => {
  expect(await connect()?.findMissingFields?.()).toEqual([
    { setting: 'accounts.calltools-b.emailField', field: 'mail', existing: [] },
  ]);
});

it('has tokens and a lock of its own, also where the vendor has one name for both accounts', async () => {
  connect();
  const key = { provider: 'calltools', accountId: 'me' };
  await options?.tokens.find(key);
  await options?.tokens.refreshExclusively(key, async () => ({ accessToken: 'a', refreshToken: 'r', expiresAt: '' }));
  await options?.tokens.saveFailure(key, { type: 'AuthenticationError', message: 'set CALLTOOLS_API_KEY' });
  await options?.lockAccount?.(key, { maxWaitSeconds: 1, maxHoldSeconds: 1 });
  const own = { provider: 'calltools-b', accountId: 'me' };
  expect(used).toEqual([own, own, { ...own, type: 'AuthenticationError', message: 'set CALLTOOLS_API_KEY__B' }, own]);
});

it('leaves the first account as it is', async () => {
  expect(await errorOf(connect(first)?.read('1'))).toMatchObject({
    provider: 'calltools',
    message: expect.stringMatching(/is CALLTOOLS_API_KEY right/),
  });
});

it('attributes an error once', () => {
  const error: ProviderError = new NotFoundError({ ...facts, message: 'gone', remedy: 'look' });
  for (let n = 0; n < 2; n += 1) error.attributeTo('calltools-b', (text) => `${text}!`);
  expect([error.message, error.remedy]).toEqual(['gone!', 'look!']);
});
