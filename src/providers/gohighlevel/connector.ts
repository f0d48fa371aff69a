import type { AuthorizeRequest, CodeExchange, Connector, OAuthFlow, OAuthGrant, Variables } from '#providers/connector.ts';
import { AuthenticationError, InvalidRequestError } from '#providers/errors.ts';
import { createSend, type Send } from '#providers/http.ts';
import type { ConnectOptions } from '#providers/provider.ts';
import { RateLimiter } from '#providers/rate-limit.ts';
import { openConnection } from './connection.ts';
import { requestToken, toTokens } from './oauth.ts';
import { locationResponse } from './schema.ts';
import { appSchema, type GoHighLevelAccount, type GoHighLevelSecrets, vendor } from './settings.ts';
import { workflowRoute } from './webhook.ts';

/** HighLevel docs (docs/oauth/Scopes.md): contacts, the name of the location, and the custom fields that accord.yaml names. */
const scopes = ['contacts.readonly', 'contacts.write', 'locations.readonly', 'locations/customFields.readonly'];

const oauth: OAuthFlow = {
  scopes,
  issuer: 'https://marketplace.gohighlevel.com',
  // HighLevel docs describe no code challenge: the app's secret proves the exchange.
  usesPkce: () => false,
  findMissingVariables: (variables) => ['GHL_CLIENT_ID', 'GHL_CLIENT_SECRET'].filter((name) => !variables[name]),
  toAuthorizeUrl,
  exchange,
  revokeHelp: 'To end the access, uninstall the app in GoHighLevel: Settings, Integrations.',
};

export const connector: Connector<ConnectOptions<GoHighLevelAccount, GoHighLevelSecrets>> = {
  appVariables: Object.keys(appSchema.shape),
  key: {
    help: `In GoHighLevel, open Settings, Private Integrations, and create one with the scopes ${scopes.join(', ')}.`,
    variables: [
      { name: 'GHL_LOCATION_ID', label: 'Location ID (Settings, Business Profile)', isSecret: false },
      { name: 'GHL_API_KEY', label: 'Private integration token', isSecret: true },
    ],
  },
  oauth,
  async identify(options, call) {
    const { send, locationId } = openConnection(options);
    const path = `/locations/${encodeURIComponent(locationId)}`;
    const { location } = await send({ operation: 'read location', method: 'GET', path }, locationResponse, call);
    return { id: location.id, name: location.name, scopes: null, expiresAt: null };
  },
  webhook: {
    isVerifiable: () => true,
    steps: ({ url, secrets }) => [
      `In the Marketplace app, open Advanced Settings, Webhooks, and enter ${url}`,
      'Switch on ContactCreate, ContactUpdate, ContactDelete, ContactTagUpdate and ContactDndUpdate.',
      ...(secrets.GHL_API_KEY === undefined ? [] : [`${withoutApp} ${new URL(workflowRoute.paths[0] ?? '', url).href}`]),
    ],
  },
};

const withoutApp =
  'A private integration has no webhooks of its own. Without an app, add a workflow for changed contacts with the action Custom Webhook, ' +
  'the header X-Accord-Secret with the value of GHL_WORKFLOW_SECRET, and the URL';

/** HighLevel docs (docs/oauth/Authorization.md). They do not mention `state`; integrators report that it comes back. */
function toAuthorizeUrl({ redirectUri, state }: AuthorizeRequest, variables: Variables): string {
  const { GHL_AUTHORIZE_URL, GHL_CLIENT_ID: clientId = '' } = appSchema.parse(variables);
  const url = new URL(GHL_AUTHORIZE_URL);
  const parameters = { response_type: 'code', redirect_uri: redirectUri, client_id: clientId, scope: scopes.join(' '), state };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

const operation = 'exchange code';

async function exchange({ code, redirectUri }: CodeExchange, variables: Variables): Promise<OAuthGrant> {
  const { GHL_BASE_URL, GHL_CLIENT_ID: clientId = '', GHL_CLIENT_SECRET: clientSecret = '' } = appSchema.parse(variables);
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
  try {
    const response = await requestToken(sendTo(GHL_BASE_URL), { clientId, clientSecret }, { operation, grant });
    if (response.locationId === null)
      throw refusal('GoHighLevel granted an agency: choose a location on the page that it shows.');
    return {
      variables: { GHL_LOCATION_ID: response.locationId, GHL_REFRESH_TOKEN: response.refresh_token },
      tokens: toTokens(response),
      scopes: response.scope?.split(' ') ?? null,
    };
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw refusal(
      'GoHighLevel rejects the code or our app: are GHL_CLIENT_ID and GHL_CLIENT_SECRET right? Otherwise connect again.',
    );
  }
}

function refusal(message: string): AuthenticationError {
  return new AuthenticationError({ provider: vendor.id, operation, message, remedy: null });
}

function sendTo(baseUrl: string): Send {
  const limiter = new RateLimiter({ requestsPerSecond: 5, burst: 5, concurrency: 5 });
  return createSend({ vendor, baseUrl, timeoutSeconds: 20, limiter, headers: async () => ({}) });
}
