import type { OAuthTokens } from './oauth.ts';

/** Variables by name, as the environment has them. */
export type Variables = Readonly<Record<string, string>>;

/**
 * How a person connects an account of a vendor. What they give is stored under the names of the environment variables, so that the rest
 * of a provider does not know where its secrets come from.
 */
export interface Connector<Options extends { secrets: unknown } = { secrets: unknown }> {
  /** Variables of the app, of webhooks and of servers. Alone they connect no account, and they hold for stored connections as well. */
  appVariables: readonly string[];
  /** A key that a person makes in the vendor's own pages and pastes. Absent where there is none. */
  key?: KeyForm;
  oauth?: OAuthFlow;
  /** Asks the vendor whose account the credentials open. */
  identify(options: Options, call?: { signal?: AbortSignal }): Promise<AccountIdentity>;
  /** Absent for a vendor that sends no webhooks, or that needs none. */
  webhook?: WebhookSetup<Options>;
}

export interface KeyForm {
  /** One sentence: where to create the key, and the permissions it needs. */
  help: string;
  variables: readonly KeyVariable[];
  /** Asks the vendor for variables that it tells whoever has the key, such as the id of the account. */
  complete?(variables: Variables): Promise<Record<string, string>>;
}

export interface KeyVariable {
  name: string;
  label: string;
  /** Neither shown nor echoed. */
  isSecret: boolean;
}

/** The vendor's own facts about an account. */
export interface AccountIdentity {
  id: string;
  /** Null where the vendor does not tell it. */
  name: string | null;
  /** The scopes of the credentials; null where the vendor does not report them. */
  scopes: readonly string[] | null;
  /** ISO 8601: when the credentials end without anybody renewing them. Null when they do not, or where the vendor does not tell. */
  expiresAt: string | null;
}

/** The authorization code flow of a vendor (RFC 6749, section 4.1). Secrets and URLs of the app come from its variables. */
export interface OAuthFlow {
  /** Without these, Accord cannot do its work. */
  scopes: readonly string[];
  /** Requested as well; an account without them works. */
  optionalScopes?: readonly string[];
  /** Variables of the app that are not set. */
  findMissingVariables(variables: Variables): string[];
  /** The `iss` of the vendor's responses (RFC 9207). */
  issuer: string;
  /** Whether a request has a PKCE challenge (RFC 7636). */
  usesPkce(variables: Variables): boolean;
  /** The page where a person allows or denies the access. */
  toAuthorizeUrl(request: AuthorizeRequest, variables: Variables): string;
  /** Exchanges the code of the callback for tokens. Throws a `ProviderError`. */
  exchange(code: CodeExchange, variables: Variables): Promise<OAuthGrant>;
  /** Takes the grant back at the vendor. Absent where the vendor documents no call for it. */
  revoke?(grant: { variables: Variables; tokens: OAuthTokens }): Promise<void>;
  /** One sentence: how a person takes it back there. Where `revoke` is absent. */
  revokeHelp?: string;
}

export interface AuthorizeRequest {
  redirectUri: string;
  state: string;
  /** S256; null without PKCE. */
  codeChallenge: string | null;
}

export interface CodeExchange {
  code: string;
  redirectUri: string;
  codeVerifier: string | null;
}

export interface OAuthGrant {
  /** The variables that connect the account. */
  variables: Record<string, string>;
  tokens: OAuthTokens;
  /** Null where the response does not tell them. */
  scopes: string[] | null;
}

export interface WebhookSetup<Options extends { secrets: unknown }> {
  /** The steps in the vendor's pages, one sentence each. */
  steps(webhook: { url: string; secrets: Options['secrets'] }): string[];
  /** Whether webhooks can be verified: a signature key or secret is set. */
  isVerifiable(secrets: Options['secrets']): boolean;
  /**
   * Subscribes by the vendor's API and returns the variables that verify the webhooks, among them the signature key. Null when the
   * credentials do not allow it. A subscription of the same URL is taken over.
   */
  subscribe?(options: Options, url: string): Promise<Record<string, string> | null>;
}
