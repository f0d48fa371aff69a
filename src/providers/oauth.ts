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
