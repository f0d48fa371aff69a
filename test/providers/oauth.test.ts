import { describe, expect, it } from '@jest/globals';
import { AccessToken, type OAuthTokens, type TokenStore } from '#providers/oauth.ts';

const key = { provider: 'gohighlevel', accountId: 'location' };
const tokens = (name: string, seconds: number): OAuthTokens => ({
  accessToken: `access-${name}`,
  refreshToken: `refresh-${name}`,
  expiresAt: new Date(Date.now() + seconds * 1000).toISOString(),
});

/** Stores tokens in memory and serialises refreshes, as every store must. */
function createStore(stored: OAuthTokens | null): TokenStore & { stored: OAuthTokens | null } {
  let last: Promise<unknown> = Promise.resolve();
  const store = {
    stored,
    find: async () => store.stored,
    refreshExclusively: (_: unknown, refresh: (current: OAuthTokens | null) => Promise<OAuthTokens>) => {
      const mine = last.then(async () => {
        store.stored = await refresh(store.stored);
        return store.stored;
      });
      last = mine.catch(() => {});
      return mine;
    },
  };
  return store;
}

/** Two processes with one store, and the refresh tokens that the vendor received. */
function setUp(stored: OAuthTokens | null) {
  const store = createStore(stored);
  const exchanged: (string | null)[] = [];
  const refresh = async (current: OAuthTokens | null) => {
    exchanged.push(current?.refreshToken ?? null);
    return tokens(`new${exchanged.length}`, 86_399);
  };
  const create = () => new AccessToken({ key, store, refresh });
  return { store, exchanged, one: create(), other: create() };
}

describe('an access token', () => {
  it('is used until it expires', async () => {
    const { one, exchanged } = setUp(tokens('old', 600));
    expect(await one.get()).toBe('access-old');
    expect(exchanged).toEqual([]);
  });

  it.each([
    ['that has expired', -1],
    ['that would expire in flight', 29],
  ])('%s is refreshed, and the new one stored before use', async (_, seconds) => {
    const { store, one, exchanged } = setUp(tokens('old', seconds));
    expect(await one.get()).toBe('access-new1');
    expect(store.stored?.refreshToken).toBe('refresh-new1');
    expect(exchanged).toEqual(['refresh-old']);
  });

  it('is requested when none is stored', async () => {
    const { one, exchanged } = setUp(null);
    expect(await one.get()).toBe('access-new1');
    expect(exchanged).toEqual([null]);
  });

  it('is refreshed once for concurrent callers in all processes', async () => {
    const { one, other, exchanged } = setUp(tokens('old', -1));
    const all = await Promise.all([one.get(), one.get(), other.get(), other.get(), one.get()]);
    expect(new Set(all)).toEqual(new Set(['access-new1']));
    expect(exchanged).toEqual(['refresh-old']);
  });

  it('that was refused is replaced once for concurrent callers', async () => {
    const { one, other, exchanged } = setUp(tokens('old', 600));
    await Promise.all([one.get(), other.get()]);
    const all = await Promise.all([one.replace('access-old'), one.replace('access-old'), other.replace('access-old')]);
    expect(new Set(all)).toEqual(new Set(['access-new1']));
    expect(exchanged).toEqual(['refresh-old']);
  });

  it('is not replaced twice', async () => {
    const { one, exchanged } = setUp(tokens('old', 600));
    await one.get();
    await one.replace('access-old');
    expect(await one.replace('access-old')).toBe('access-new1');
    expect(exchanged).toHaveLength(1);
  });

  it('is requested again after a failed refresh', async () => {
    const store = createStore(tokens('old', -1));
    let isDown = true;
    const refresh = async () => {
      if (isDown) throw new Error('down');
      return tokens('new', 600);
    };
    const token = new AccessToken({ key, store, refresh });
    await expect(token.get()).rejects.toThrow('down');
    expect(store.stored?.refreshToken).toBe('refresh-old');
    isDown = false;
    expect(await token.get()).toBe('access-new');
  });
});
