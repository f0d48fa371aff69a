import { z } from 'zod';
import type { AuthorizeRequest, CodeExchange, Connector, OAuthFlow, OAuthGrant, Variables } from '#providers/connector.ts';
import { AuthenticationError } from '#providers/errors.ts';
import { createSend, type Send } from '#providers/http.ts';
import type { OAuthTokens } from '#providers/oauth.ts';
import type { ConnectOptions } from '#providers/provider.ts';
import { RateLimiter } from '#providers/rate-limit.ts';
import { identify, readTokenStatus } from './account.ts';
import { isRefusal, requestToken, toTokens } from './oauth.ts';
import { appSchema, type SquareAccount, type SquareSecrets, vendor } from './settings.ts';
import { subscribe } from './webhook-subscription.ts';

/** Square docs (OAuth permissions): customers and their webhooks. */
const scopes = ['CUSTOMERS_READ', 'CUSTOMERS_WRITE'];
/** Only for the name of the business, which tells one account from another. */
const optionalScopes = ['MERCHANT_PROFILE_READ'];

const oauth: OAuthFlow = {
  scopes,
  optionalScopes,
  issuer: 'https://connect.squareup.com',
  // Square docs (OAuth overview): an app with a secret uses the code flow, one without it the PKCE flow.
  usesPkce: (variables) => !variables.SQUARE_CLIENT_SECRET,
  findMissingVariables: (variables) => ['SQUARE_CLIENT_ID'].filter((name) => !variables[name]),
  toAuthorizeUrl,
  exchange,
  revoke,
};

export const connector: Connector<ConnectOptions<SquareAccount, SquareSecrets>> = {
  appVariables: Object.keys(appSchema.shape),
  key: {
    help: 'In the Square Developer Console, open your application, Credentials, and copy the access token.',
    variables: [{ name: 'SQUARE_ACCESS_TOKEN', label: 'Access token', isSecret: true }],
    async complete(variables) {
      const { merchant_id } = await readTokenStatus(variables);
      return { SQUARE_MERCHANT_ID: merchant_id };
    },
  },
  oauth,
  identify,
  webhook: {
    isVerifiable: ({ SQUARE_SIGNATURE_KEY: key, SQUARE_WEBHOOK_URL: url }) => key !== undefined && url !== undefined,
    steps: ({ url }) => [
      'In the Square Developer Console, open your application, Webhooks, Subscriptions, and choose Add subscription.',
      `Enter the URL ${url} and choose customer.created, customer.updated, customer.deleted and oauth.authorization.revoked; for custom attributes also customer.custom_attribute.visible.updated and .deleted.`,
      `Set SQUARE_WEBHOOK_URL to that URL and SQUARE_SIGNATURE_KEY to the signature key that Square shows. Or set SQUARE_APP_TOKEN to the access token of the application, and Accord subscribes by itself.`,
    ],
    subscribe,
  },
};

/** Square docs (Authorize): the redirect URL must be the one that the application has. */
function toAuthorizeUrl({ redirectUri, state, codeChallenge }: AuthorizeRequest, variables: Variables): string {
  const { SQUARE_BASE_URL, SQUARE_CLIENT_ID: clientId = '' } = appSchema.parse(variables);
  const url = new URL(`${SQUARE_BASE_URL}/oauth2/authorize`);
  const parameters = {
    ...{
      client_id: clientId,
      scope: [...scopes, ...optionalScopes].join(' '),
      session: 'false',
      state,
      redirect_uri: redirectUri,
    },
    ...(codeChallenge !== null && { code_challenge: codeChallenge }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

const operation = 'exchange code';

async function exchange({ code, redirectUri, codeVerifier }: CodeExchange, variables: Variables): Promise<OAuthGrant> {
  const app = appSchema.parse(variables);
  const { SQUARE_CLIENT_ID: clientId = '', SQUARE_CLIENT_SECRET: clientSecret = null } = app;
  const verifier = codeVerifier === null ? {} : { code_verifier: codeVerifier };
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...verifier };
  try {
    const response = await requestToken(sendTo(app.SQUARE_BASE_URL), { clientId, clientSecret }, { operation, grant });
    const { merchant_id: merchantId, refresh_token } = response;
    if (!merchantId || !refresh_token) throw refusal('Square granted no seller or no refresh token: connect again.');
    const tokens = toTokens({ ...response, refresh_token });
    return { variables: { SQUARE_MERCHANT_ID: merchantId, SQUARE_REFRESH_TOKEN: refresh_token }, tokens, scopes: null };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw refusal(
      'Square rejects the code or our app: are SQUARE_CLIENT_ID and SQUARE_CLIENT_SECRET right? Otherwise connect again.',
    );
  }
}

/** Square docs (RevokeToken): all tokens of the seller for this app. The app's secret authorizes it: without one, it cannot be called. */
async function revoke({ variables, tokens }: { variables: Variables; tokens: OAuthTokens }): Promise<void> {
  const { SQUARE_BASE_URL, SQUARE_CLIENT_ID: clientId, SQUARE_CLIENT_SECRET: clientSecret } = appSchema.parse(variables);
  if (clientSecret === undefined) {
    throw refusal(
      'Square lets only apps with a secret revoke: the seller revokes the access in Square Dashboard, Apps, My Apps.',
    );
  }
  const send = sendTo(SQUARE_BASE_URL, { authorization: `Client ${clientSecret}` });
  const body = { client_id: clientId, access_token: tokens.accessToken };
  await send({ operation: 'revoke token', method: 'POST', path: '/oauth2/revoke', body }, z.unknown());
}

function refusal(message: string): AuthenticationError {
  return new AuthenticationError({ provider: vendor.id, operation, message, remedy: null });
}

function sendTo(baseUrl: string, headers: Record<string, string> = {}): Send {
  const limiter = new RateLimiter({ requestsPerSecond: 5, burst: 5, concurrency: 5 });
  return createSend({ vendor, baseUrl, timeoutSeconds: 20, limiter, headers: async () => headers });
}
