import { Router } from 'express';
import { z } from 'zod';
import { accountSchema, defineSandbox } from '#sandbox/core/define-sandbox.ts';
import { type Account, createAccount } from './account.ts';
import { createPeople } from './people.ts';
import { createRecords } from './records.ts';
import { batchRoutes } from './routes/batches.ts';
import { connectionsRoute } from './routes/connections.ts';
import { contactGroupRoutes } from './routes/contact-groups.ts';
import { groupMembersRoute } from './routes/group-members.ts';
import { oauthRoute } from './routes/oauth.ts';
import { peopleRoutes } from './routes/people.ts';
import { settingsSchema } from './settings.ts';

export type { GoogleSettings } from './settings.ts';

/** Google's People API v1 for one account's contacts, at `<url>/v1/`, with its token endpoint. Quirks: docs/sandboxes.md. */
export const googleSandbox = defineSandbox({
  id: 'google',
  title: 'Google',
  defaultPort: 4104,
  apiPath: '/v1',
  settings: settingsSchema,
  presets: {
    unlimited: {
      ...{ criticalReadsPerMinute: 100_000, criticalWritesPerMinute: 100_000, writeRequestsPerMinute: 100_000 },
      ...{ groupReadsPerMinute: 100_000, fullSyncsPerMinute: 100_000, dailyContactWrites: 10_000_000 },
    },
    immediate: { propagationDelayMs: 0, searchWarmUpMs: 0 },
    // The real delay of several minutes would hide each edit of the demonstration as long.
    stack: { propagationDelayMs: 50, searchWarmUpMs: 0 },
  },
  account: accountSchema({
    ...{ token: z.string(), clientId: z.string(), clientSecret: z.string(), refreshToken: z.string() },
    ...{ tokenUrl: z.url(), authorizeUrl: z.url(), revokeUrl: z.url() },
  }),
  published: ['token', 'clientId', 'clientSecret', 'refreshToken', 'tokenUrl'],
  environment: ({ url, tokenUrl, clientId, clientSecret, refreshToken }) => ({
    ...{ GOOGLE_BASE_URL: url, GOOGLE_TOKEN_URL: tokenUrl },
    ...{ GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret, GOOGLE_REFRESH_TOKEN: refreshToken },
  }),
  appSettings: (redirectUri) => ({ redirectUris: [redirectUri], clientType: 'desktop' as const }),
  appEnvironment: ({ url, tokenUrl, authorizeUrl, revokeUrl, clientId, clientSecret }) => ({
    ...{ GOOGLE_BASE_URL: url, GOOGLE_TOKEN_URL: tokenUrl, GOOGLE_AUTHORIZE_URL: authorizeUrl, GOOGLE_REVOKE_URL: revokeUrl },
    ...{ GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret },
  }),
  // Another user who granted the same OAuth client access.
  furtherAccount: (name) => ({
    refreshToken: `1//sandbox-refresh-token-of-${name}`,
    accessToken: `ya29.sandbox-access-token-of-${name}`,
    authorizationCode: `4/sandbox-authorization-code-of-${name}`,
    profileId: `2${BigInt(`0x${Buffer.from(name).toString('hex').slice(0, 14)}`)}`,
    profileName: `Sandbox Owner ${name}`,
  }),
  accountSettings: { searchWarmUpSeconds: 0 },
  samples: 'lookalikes',
  sampleEdit: {
    of: 'plain',
    describe: ({ givenName, familyName }) => `is now ${givenName} ${familyName}`,
    change: ({ givenName, familyName }) => ({ givenName, familyName }),
  },
  // The People API has no webhooks.
  retryRule: () => () => null,
  build(context) {
    const account = createAccount(context);
    const records = createRecords(account);
    const { knows } = account.tokens;
    const people = createPeople(account, records);
    return { routes: routesOf(account), records, people, knows, info: (root) => infoOf(account, root) };
  },
});

function routesOf(account: Account): Router {
  const router = Router();
  router.use(oauthRoute(account));
  router.use(
    '/v1',
    connectionsRoute(account),
    batchRoutes(account),
    peopleRoutes(account),
    groupMembersRoute(account),
    contactGroupRoutes(account),
  );
  router.use((request, response) => void response.status(404).type('html').send(notFoundPage(request.path)));
  return router;
}

/** An unknown path is answered with a page, not JSON. Seen by integrators (google-api-php-client issue 1803). */
function notFoundPage(path: string): string {
  const shown = path.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!DOCTYPE html>
<html lang=en><title>Error 404 (Not Found)!!1</title>
<p><b>404.</b> <ins>That’s an error.</ins>
<p>The requested URL <code>${shown}</code> was not found on this server. <ins>That’s all we know.</ins>
`;
}

/** Facts for clients of the API. `token` is the access token that never expires. */
function infoOf({ settings }: Account, root: string): Record<string, unknown> {
  const { clientId, clientSecret, refreshToken, accessToken } = settings();
  const tokenPath = '/token';
  const urls = { tokenUrl: `${root}${tokenPath}`, authorizeUrl: `${root}/o/oauth2/v2/auth`, revokeUrl: `${root}/revoke` };
  return { clientId, clientSecret, refreshToken, accessToken, tokenPath, token: accessToken, ...urls };
}
