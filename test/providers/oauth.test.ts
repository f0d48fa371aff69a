import { describe, expect, it } from '@jest/globals';
import { AccessToken, type OAuthTokens, type TokenStore } from '#providers/oauth.ts';

const key = { provider: 'gohighlevel', accountId: 'location' };
const tokens = (name: string, seconds: number): OAuthTokens => ({
  accessToken: `access-${name}`,
  refreshToken: `refresh-${name}`,
  expiresAt: new Date(Date.now() + seconds * 1000).toISOString(),
});

/** Keeps tokens in memory, and lets one refresh at a time as every store must. */
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

/** Two processes on one store, and the tokens that the vendor was given to trade. */
function setUp(stored: OAuthTokens | null) {
  const store = createStore(stored);
  const traded: (string | null)[] = [];
  const refresh = async (current: OAuthTokens | null) => {
    traded.push(current?.refreshToken ?? null);
    return tokens(`new${traded.length}`, 86_399);
  };
  const create = () => new AccessToken({ key, store, refresh });
  return { store, traded, one: create(), other: create() };
}

describe('an access token', () => {
  it('is used as long as it lasts', async () => {
    const { one, traded } = setUp(tokens('old', 600));
    expect(await one.get()).toBe('access-old');
    expect(traded).toEqual([]);
  });

  it.each([
    ['that has run out', -1],
    ['that will run out on its way', 29],
  ])('%s is replaced, and the new one stored before it is used', async (_, seconds) => {
    const { store, one, traded } = setUp(tokens('old', seconds));
    expect(await one.get()).toBe('access-new1');
    expect(store.stored?.refreshToken).toBe('refresh-new1');
    expect(traded).toEqual(['refresh-old']);
  });

  it('is granted where there was none', async () => {
    const { one, traded } = setUp(null);
    expect(await one.get()).toBe('access-new1');
    expect(traded).toEqual([null]);
  });

  it('is refreshed once for all who wait, in every process', async () => {
    const { one, other, traded } = setUp(tokens('old', -1));
    const all = await Promise.all([one.get(), one.get(), other.get(), other.get(), one.get()]);
    expect(new Set(all)).toEqual(new Set(['access-new1']));
    expect(traded).toEqual(['refresh-old']);
  });

  it('that was refused is replaced once for all who were refused', async () => {
    const { one, other, traded } = setUp(tokens('old', 600));
    await Promise.all([one.get(), other.get()]);
    const all = await Promise.all([one.replace('access-old'), one.replace('access-old'), other.replace('access-old')]);
    expect(new Set(all)).toEqual(new Set(['access-new1']));
    expect(traded).toEqual(['refresh-old']);
  });

  it('that has been replaced already is not replaced again', async () => {
    const { one, traded } = setUp(tokens('old', 600));
    await one.get();
    await one.replace('access-old');
    expect(await one.replace('access-old')).toBe('access-new1');
    expect(traded).toHaveLength(1);
  });

  it('is asked for again after a refresh that failed', async () => {
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
