import { Router } from 'express';
import { type RunningSandbox, type SandboxDefinition, type SandboxOptions, startSandbox } from '#sandbox/core/sandbox.ts';
import { type Account, createAccount } from './account.ts';
import { createRecords } from './records.ts';
import { batchRoutes } from './routes/batches.ts';
import { connectionsRoute } from './routes/connections.ts';
import { contactGroupRoutes } from './routes/contact-groups.ts';
import { groupMembersRoute } from './routes/group-members.ts';
import { oauthRoute } from './routes/oauth.ts';
import { peopleRoutes } from './routes/people.ts';
import { type GoogleSettings, settingsSchema } from './settings.ts';

export type { GoogleSettings } from './settings.ts';

/** Google's People API v1 for one account's contacts, at `<url>/v1/`, with its token endpoint. Quirks: docs/sandboxes.md. */
export function startGoogleSandbox(options: SandboxOptions<GoogleSettings> = {}): Promise<RunningSandbox<GoogleSettings>> {
  return startSandbox(definition, options);
}

const definition: SandboxDefinition<GoogleSettings> = {
  name: 'google',
  settings: settingsSchema,
  // The People API has no webhooks: whoever wants to know has to ask.
  retryRule: () => () => null,
  build(context) {
    const account = createAccount(context);
    return { routes: routesOf(account), records: createRecords(account), info: () => infoOf(account) };
  },
};

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

/** What a path gets that no API has: a page, not JSON. Seen by integrators (google-api-php-client issue 1803). */
function notFoundPage(path: string): string {
  const shown = path.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!DOCTYPE html>
<html lang=en><title>Error 404 (Not Found)!!1</title>
<p><b>404.</b> <ins>That’s an error.</ins>
<p>The requested URL <code>${shown}</code> was not found on this server. <ins>That’s all we know.</ins>
`;
}

/** What a service needs in order to talk to this sandbox; its token endpoint is `<url>/token`. */
function infoOf({ settings }: Account): Record<string, unknown> {
  const { clientId, clientSecret, refreshToken, accessToken } = settings();
  return { clientId, clientSecret, refreshToken, accessToken, tokenPath: '/token' };
}
