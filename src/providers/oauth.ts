/** An OAuth grant of one account. */
export interface OAuthTokens {
  accessToken: string;
  refreshToken: string;
  /** ISO 8601. */
  expiresAt: string;
}

/** Stores OAuth tokens, encrypted. Only one process at a time can refresh an account's tokens. */
export interface TokenStore {
  find(key: TokenKey): Promise<OAuthTokens | null>;
  /**
   * Runs `refresh` with the stored tokens under an exclusive lock. Stores the result before anyone uses it, because a refresh
   * token can be valid for a single use.
   */
  refreshExclusively(key: TokenKey, refresh: (current: OAuthTokens | null) => Promise<OAuthTokens>): Promise<OAuthTokens>;
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
}

/** One account's access token. Refreshes it before it expires; concurrent callers share one refresh. */
export class AccessToken {
  readonly #settings: TokenSettings;
  #tokens: OAuthTokens | null = null;
  #refreshing: Promise<OAuthTokens> | null = null;

  constructor(settings: TokenSettings) {
    this.#settings = settings;
  }

  /** Returns a token that has not expired. */
  async get(): Promise<string> {
    this.#tokens ??= await this.#settings.store.find(this.#settings.key);
    if (this.#tokens === null || isExpiring(this.#tokens)) this.#tokens = await this.#refresh(null);
    return this.#tokens.accessToken;
  }

  /** Returns a token other than `rejected`, which the vendor answered with a 401. */
  async replace(rejected: string): Promise<string> {
    if (this.#tokens === null || this.#tokens.accessToken === rejected) this.#tokens = await this.#refresh(rejected);
    return this.#tokens.accessToken;
  }

  #refresh(rejected: string | null): Promise<OAuthTokens> {
    const { key, store, refresh } = this.#settings;
    this.#refreshing ??= store
      .refreshExclusively(key, async (current) => {
        // Another process may have refreshed the token while this one waited for the lock.
        const usable = current !== null && !isExpiring(current) && current.accessToken !== rejected;
        return usable ? current : refresh(current);
      })
      .finally(() => {
        this.#refreshing = null;
      });
    return this.#refreshing;
  }
}

/** HighLevel's own SDK refreshes this early, so that a token does not expire in flight. */
const refreshEarlyMs = 30_000;

function isExpiring({ expiresAt }: OAuthTokens): boolean {
  return Date.parse(expiresAt) - refreshEarlyMs <= Date.now();
}
