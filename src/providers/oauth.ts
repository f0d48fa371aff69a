/** An OAuth grant of one account. */
export interface OAuthTokens {
  accessToken: string;
  refreshToken: string;
  /** ISO 8601. */
  expiresAt: string;
}

/** Keeps OAuth tokens between runs, encrypted, and lets one process at a time refresh those of an account. */
export interface TokenStore {
  find(key: TokenKey): Promise<OAuthTokens | null>;
  /**
   * Runs `refresh` with the stored tokens while no other process can, and stores what it returns before anyone uses it:
   * a refresh token works once.
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
  /** Asks the vendor for new tokens. `current` is null before the first grant. */
  refresh(current: OAuthTokens | null): Promise<OAuthTokens>;
}

/** The access token of one account, refreshed before it runs out, once for all who wait. */
export class AccessToken {
  readonly #settings: TokenSettings;
  #tokens: OAuthTokens | null = null;
  #refreshing: Promise<OAuthTokens> | null = null;

  constructor(settings: TokenSettings) {
    this.#settings = settings;
  }

  /** A token that the vendor should accept. */
  async get(): Promise<string> {
    this.#tokens ??= await this.#settings.store.find(this.#settings.key);
    if (this.#tokens === null || isRunningOut(this.#tokens)) this.#tokens = await this.#refresh(null);
    return this.#tokens.accessToken;
  }

  /** Another token than `rejected`, which the vendor just refused. */
  async replace(rejected: string): Promise<string> {
    if (this.#tokens === null || this.#tokens.accessToken === rejected) this.#tokens = await this.#refresh(rejected);
    return this.#tokens.accessToken;
  }

  #refresh(rejected: string | null): Promise<OAuthTokens> {
    const { key, store, refresh } = this.#settings;
    this.#refreshing ??= store
      .refreshExclusively(key, async (current) => {
        // Another process may have been faster: what it stored serves us too.
        const usable = current !== null && !isRunningOut(current) && current.accessToken !== rejected;
        return usable ? current : refresh(current);
      })
      .finally(() => {
        this.#refreshing = null;
      });
    return this.#refreshing;
  }
}

/** HighLevel's own SDK refreshes this early, so that a token does not run out on its way. */
const refreshEarlyMs = 30_000;

function isRunningOut({ expiresAt }: OAuthTokens): boolean {
  return Date.parse(expiresAt) - refreshEarlyMs <= Date.now();
}
