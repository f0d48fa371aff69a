import type { OAuthTokens, TokenStore } from '../../../src/providers/oauth.ts';
import { type GoogleSettings, startGoogleSandbox } from '../../../src/sandbox/google/index.ts';

const many = 1_000_000;
const unbound = { criticalReadsPerMinute: many, criticalWritesPerMinute: many, fullSyncsPerMinute: many };

/** Quotas and lags are off unless asked for. */
export const startSandbox = (settings: Partial<GoogleSettings> = {}) =>
  startGoogleSandbox({ settings: { ...unbound, propagationDelayMs: 0, searchWarmUpMs: 0, ...settings } });

export const account = { rate: { requestsPerSecond: 1000, burst: 1000 }, pageSize: 2, searchWarmUpSeconds: 0 };

/** The refresh token of the sandbox's grant. */
export const grantedToken = '1//sandbox-refresh-token';

export const environment = (url: string) => ({
  GOOGLE_BASE_URL: url || 'http://unused',
  GOOGLE_TOKEN_URL: `${url || 'http://unused'}/token`,
  GOOGLE_CLIENT_ID: '000000000000-sandbox.apps.googleusercontent.com',
  GOOGLE_CLIENT_SECRET: 'sandbox-client-secret',
  GOOGLE_REFRESH_TOKEN: 'a-token-that-nobody-granted',
});

/** Holds a good access token for the account that is called `me`, so that nobody asks for one. */
export const tokens: TokenStore = {
  find: async ({ accountId }) => (accountId === 'me' ? granted() : null),
  refreshExclusively: (_, refresh) => refresh(null),
};

export function granted(changes: Partial<OAuthTokens> = {}): OAuthTokens {
  const expiresAt = new Date(Date.now() + 600_000).toISOString();
  return { accessToken: 'ya29.sandbox-access-token', refreshToken: grantedToken, expiresAt, ...changes };
}

/** What the database does for the worker, for one process. */
export function createStore(stored: OAuthTokens | null = null) {
  const store = {
    stored,
    find: async () => store.stored,
    refreshExclusively: async (_: unknown, refresh: (current: OAuthTokens | null) => Promise<OAuthTokens>) => {
      store.stored = await refresh(store.stored);
      return store.stored;
    },
  };
  return store;
}
