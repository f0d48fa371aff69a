import { AuthenticationError, ProviderError } from './errors.ts';

/** An OAuth grant of one account. */
export interface OAuthTokens {
  accessToken: string;
  refreshToken: string;
  /** ISO 8601. */
  expiresAt: string;
  /** When the vendor issued the tokens, ISO 8601. Absent in tokens that an older release stored. */
  issuedAt?: string;
}

/** Stores OAuth tokens, encrypted. Only one process at a time can refresh an account's tokens. */
export interface TokenStore {
  find(key: TokenKey): Promise<OAuthTokens | null>;
  /**
   * Runs `refresh` with the stored tokens under an exclusive lock. Stores the result before anyone uses it, because a refresh
   * token can be valid for a single use.
   */
  refreshExclusively(key: TokenKey, refresh: (current: OAuthTokens | null) => Promise<OAuthTokens>): Promise<OAuthTokens>;
  /** Stores why a refresh failed, for people. The next successful refresh clears it. */
  saveFailure(key: TokenKey, failure: RefreshFailure): Promise<void>;
}

export interface RefreshFailure {
  /** The error's name. */
  type: string;
  /** One sentence for operators, without secrets. */
  message: string;
}

export interface TokenKey {
  provider: string;
  accountId: string;
}

export interface TokenSettings {
  key: TokenKey;
  store: TokenStore;
  /** Requests new tokens from the vendor. `current` is null when none are stored yet. */
  refresh(current: OAuthTokens | null): Promise<OAuthTokens>;
  /** Renews a token of this age, although it is still valid. Omitted where a token lives for hours only. */
  renewAfterMs?: number;
}

/** One account's access token. Refreshes it before it expires; concurrent callers share one refresh. */
export class AccessToken {
  readonly #settings: TokenSettings;
  #tokens: OAuthTokens | null = null;
  #refreshing: Promise<OAuthTokens> | null = null;
  #renewNotBefore = 0;

  constructor(settings: TokenSettings) {
    this.#settings = settings;
  }

  /** Returns a token that has not expired. */
  async get(): Promise<string> {
    this.#tokens ??= await this.#settings.store.find(this.#settings.key);
    if (this.#tokens === null || isExpiring(this.#tokens)) this.#tokens = await this.#refresh(null);
    else if (this.#isDue(this.#tokens) && Date.now() >= this.#renewNotBefore) await this.#renew();
    return this.#tokens.accessToken;
  }

  /** Returns a token other than `rejected`, which the vendor answered with a 401. */
  async replace(rejected: string): Promise<string> {
    if (this.#tokens === null || this.#tokens.accessToken === rejected) this.#tokens = await this.#refresh(rejected);
    return this.#tokens.accessToken;
  }

  /** Keeps the valid token when the renewal fails. The failure is stored, and the next one is tried in an hour. */
  async #renew(): Promise<void> {
    try {
      this.#tokens = await this.#refresh(null);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      this.#renewNotBefore = Date.now() + retryRenewalMs;
    }
  }

  #isDue({ issuedAt }: OAuthTokens): boolean {
    const { renewAfterMs } = this.#settings;
    return renewAfterMs !== undefined && issuedAt !== undefined && Date.parse(issuedAt) + renewAfterMs <= Date.now();
  }

  #refresh(rejected: string | null): Promise<OAuthTokens> {
    const { key, store, refresh } = this.#settings;
    this.#refreshing ??= store
      .refreshExclusively(key, async (current) => {
        // Another process may have refreshed the token while this one waited for the lock.
        const isUsable = current !== null && !isExpiring(current) && !this.#isDue(current) && current.accessToken !== rejected;
        return isUsable ? current : { ...(await refresh(current)), issuedAt: new Date().toISOString() };
      })
      .catch(async (error: unknown) => {
        // The refresh has failed either way: an unavailable database must not replace its error.
        if (error instanceof ProviderError) await store.saveFailure(key, toFailure(error)).catch(() => {});
        throw error;
      })
      .finally(() => {
        this.#refreshing = null;
      });
    return this.#refreshing;
  }
}

const retryRenewalMs = 3_600_000;

function toFailure({ name: type, message }: ProviderError): RefreshFailure {
  return { type, message };
}

/**
 * The refresh of a grant: by the stored refresh token, or by the one of the environment. That one serves the first time, and again
 * after a person reauthorized the app because the stored token was lost or revoked.
 */
export function refreshFrom(initial: string, exchange: (refreshToken: string) => Promise<OAuthTokens>): TokenSettings['refresh'] {
  return async (current) => {
    if (current === null || current.refreshToken === initial) return exchange(initial);
    try {
      return await exchange(current.refreshToken);
    } catch (error) {
      if (!(error instanceof AuthenticationError)) throw error;
      return exchange(initial);
    }
  };
}

/** HighLevel's own SDK refreshes this early, so that a token does not expire in flight. */
const refreshEarlyMs = 30_000;

function isExpiring({ expiresAt }: OAuthTokens): boolean {
  return Date.parse(expiresAt) - refreshEarlyMs <= Date.now();
}
