import { z } from 'zod';
import type { AuthorizeRequest, CodeExchange, Connector, OAuthFlow, OAuthGrant, Variables } from '#providers/connector.ts';
import { AuthenticationError } from '#providers/errors.ts';
import { createSend, type Send } from '#providers/http.ts';
import type { OAuthTokens } from '#providers/oauth.ts';
import type { ConnectOptions } from '#providers/provider.ts';
import { RateLimiter } from '#providers/rate-limit.ts';
import { openConnection } from './connection.ts';
import { findTokenError, requestToken } from './oauth.ts';
import { appSchema, type GoogleAccount, type GoogleSecrets, vendor } from './settings.ts';

/** The only scope that can change contacts (Google docs). The id of the account needs none beside it. */
const scope = 'https://www.googleapis.com/auth/contacts';

const oauth: OAuthFlow = {
  scopes: [scope],
  issuer: 'https://accounts.google.com',
  usesPkce: () => true,
  findMissingVariables: (variables) => ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET'].filter((name) => !variables[name]),
  toAuthorizeUrl,
  exchange,
  revoke,
};

/** Google has no keys: an OAuth client of the installation, and a grant for each account. */
export const connector: Connector<ConnectOptions<GoogleAccount, GoogleSecrets>> = {
  appVariables: Object.keys(appSchema.shape),
  oauth,
  async identify(options, call) {
    const { resourceName, names } = await openConnection(options).people.profile(call);
    const id = resourceName.replace(/^people\//, '');
    return { id, name: names?.[0]?.displayName ?? null, scopes: null, expiresAt: null };
  },
};

/** Google docs ("Using OAuth 2.0 for Web Server Applications"): without `prompt=consent`, a second grant has no refresh token. */
function toAuthorizeUrl({ redirectUri, state, codeChallenge }: AuthorizeRequest, variables: Variables): string {
  const app = appSchema.parse(variables);
  const url = new URL(app.GOOGLE_AUTHORIZE_URL);
  const parameters = {
    ...{ response_type: 'code', client_id: app.GOOGLE_CLIENT_ID, redirect_uri: redirectUri, scope, state },
    ...{ access_type: 'offline', prompt: 'consent', include_granted_scopes: 'false' },
    ...(codeChallenge !== null && { code_challenge: codeChallenge, code_challenge_method: 'S256' }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

async function exchange({ code, redirectUri, codeVerifier }: CodeExchange, variables: Variables): Promise<OAuthGrant> {
  const app = appSchema.parse(variables);
  const operation = 'exchange code';
  const verifier = codeVerifier === null ? {} : { code_verifier: codeVerifier };
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...verifier };
  const { tokens, scopes } = await requestToken(sendTo(app.GOOGLE_TOKEN_URL), app, { operation, grant });
  const { refreshToken } = tokens;
  if (refreshToken === null) {
    const message =
      'Google granted no refresh token: remove Accord at https://myaccount.google.com/connections and connect again.';
    throw new AuthenticationError({ provider: vendor.id, operation, message, remedy: null });
  }
  return { variables: { GOOGLE_REFRESH_TOKEN: refreshToken }, tokens: { ...tokens, refreshToken }, scopes };
}

/** Google docs: the refresh token stands for the whole grant. */
async function revoke({ variables, tokens }: { variables: Variables; tokens: OAuthTokens }): Promise<void> {
  const { GOOGLE_REVOKE_URL } = appSchema.parse(variables);
  const form = { token: tokens.refreshToken };
  await sendTo(GOOGLE_REVOKE_URL)({ operation: 'revoke token', method: 'POST', path: '', form }, z.unknown());
}

function sendTo(baseUrl: string): Send {
  const limiter = new RateLimiter({ requestsPerSecond: 5, burst: 5, concurrency: 5 });
  return createSend({ vendor, baseUrl, timeoutSeconds: 20, limiter, findError: findTokenError, headers: async () => ({}) });
}
