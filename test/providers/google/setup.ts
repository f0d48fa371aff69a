import type { LockAccount } from '#providers/account-lock.ts';
import { google } from '#providers/google/index.ts';
import { accountSchema, secretsSchema } from '#providers/google/settings.ts';
import type { OAuthTokens, TokenStore } from '#providers/oauth.ts';
import { type GoogleSettings, googleSandbox } from '#sandbox/google/index.ts';
import { createSandboxControl } from '#test/providers/sandbox-control.ts';

const many = 1_000_000;
const unbound = { criticalReadsPerMinute: many, criticalWritesPerMinute: many, fullSyncsPerMinute: many };

/** Starts a sandbox. Quotas and lags are off by default. */
export const startSandbox = (settings: Partial<GoogleSettings> = {}) =>
  googleSandbox.start({ settings: { ...unbound, propagationDelayMs: 0, searchWarmUpMs: 0, ...settings } });

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

/** Has a valid access token for the account `me`, so that no refresh happens. */
export const tokens: TokenStore = {
  find: async ({ accountId }) => (accountId === 'me' ? granted() : null),
  refreshExclusively: (_, refresh) => refresh(null),
  saveFailure: async () => {},
};

export function granted(changes: Partial<OAuthTokens> = {}): OAuthTokens {
  const expiresAt = new Date(Date.now() + 600_000).toISOString();
  return { accessToken: 'ya29.sandbox-access-token', refreshToken: grantedToken, expiresAt, ...changes };
}

/** Starts a sandbox and connects clients to it. Each `connect` acts as another process. */
export async function startBench() {
  const running = await startSandbox();
  const sandbox = createSandboxControl(running.controlUrl);
  return {
    ...{ running, sandbox },
    advance: (milliseconds: number) => running.clock.advance(milliseconds),
    close: () => running.close(),
    connect: (changes: { account?: object; secrets?: object; tokens?: TokenStore; lockAccount?: LockAccount } = {}) =>
      google.connect({
        account: accountSchema.parse({ ...account, ...changes.account }),
        secrets: secretsSchema.parse({ ...environment(running.url), ...changes.secrets }),
        tokens: changes.tokens ?? tokens,
        ...(changes.lockAccount && { lockAccount: changes.lockAccount }),
        lists: [],
      }),
    /** Creates people as a person in Google Contacts would. Returns their resource names. */
    people: async (...people: object[]) => ((await sandbox.change({ people })) as { people: string[] }).people,
    /** Returns a person as the sandbox stores it. */
    async person(resourceName: string): Promise<Record<string, Record<string, unknown>[]>> {
      const found = (await sandbox.records()).find((each) => each.resourceName === resourceName);
      if (!found) throw new Error(`The sandbox has no ${resourceName}.`);
      return found as never;
    },
    /** Returns method and path, without the query, of the requests during `work`. */
    async requestsOf(work: () => Promise<unknown>): Promise<string[]> {
      const before = await sandbox.lastRequest();
      await work();
      return (await sandbox.requestsSince(before)).map(({ method, path }) => `${method} ${path.split('?')[0]}`);
    },
  };
}

export const refusalOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);
