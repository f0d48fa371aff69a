import { describe, expect, it } from '@jest/globals';
import { AuthenticationError } from '#providers/errors.ts';
import { AccessToken, type OAuthTokens } from '#providers/oauth.ts';
import { createMemoryStore } from './token-store.ts';

const key = { provider: 'gohighlevel', accountId: 'location' };
const tokens = (name: string, seconds: number): OAuthTokens => ({
  accessToken: `access-${name}`,
  refreshToken: `refresh-${name}`,
  expiresAt: new Date(Date.now() + seconds * 1000).toISOString(),
});

/** Two processes with one store, and the refresh tokens that the vendor received. */
function setUp(stored: OAuthTokens | null) {
  const store = createMemoryStore(stored);
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
    const store = createMemoryStore(tokens('old', -1));
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

describe('a token that is renewed by age', () => {
  const day = 86_400_000;
  const aged = (days: number): OAuthTokens => ({
    ...tokens('old', 600_000),
    issuedAt: new Date(Date.now() - days * day).toISOString(),
  });
  const connect = (stored: OAuthTokens, refresh: () => Promise<OAuthTokens>) => {
    const store = createMemoryStore(stored);
    return { store, token: new AccessToken({ key, store, refresh, renewAfterMs: 7 * day }) };
  };
  const refused = new AuthenticationError({ provider: 'square', operation: 'refresh token', message: 'Square rejects it.' });

  it('is renewed on the seventh day, and not before', async () => {
    const refresh = async () => tokens('new', 600_000);
    expect(await connect(aged(6.9), refresh).token.get()).toBe('access-old');
    const { store, token } = connect(aged(7.1), refresh);
    expect(await token.get()).toBe('access-new');
    expect(store.stored?.issuedAt).toEqual(expect.any(String));
  });

  it('serves on when the renewal fails, which is stored and not tried again at once', async () => {
    let tries = 0;
    const { store, token } = connect(aged(8), async () => {
      tries += 1;
      throw refused;
    });
    expect([await token.get(), await token.get()]).toEqual(['access-old', 'access-old']);
    expect([tries, store.failures]).toEqual([1, [{ type: 'AuthenticationError', message: 'Square rejects it.' }]]);
  });
});
