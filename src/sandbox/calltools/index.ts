import { type RunningSandbox, type SandboxDefinition, type SandboxOptions, startSandbox } from '#sandbox/core/sandbox.ts';
import { openAccount } from './account.ts';
import { createRecords } from './records.ts';
import { buckets } from './routes/buckets.ts';
import { contactBuckets } from './routes/contact-buckets.ts';
import { contacts } from './routes/contacts.ts';
import { callDispositions } from './routes/dispositions.ts';
import { hookErrorLogs, hookSubscriptions } from './routes/hook-subscriptions.ts';
import { phoneNumbers } from './routes/phone-numbers.ts';
import type { Resource } from './routes/resource.ts';
import { createRouter } from './routes/router.ts';
import { tags } from './routes/tags.ts';
import { type CallToolsSettings, settingsSchema } from './settings.ts';

export { type CallToolsSettings, defaultToken } from './settings.ts';

/** Under `/api/`, by the names that the dialer has for them. */
const resources: Readonly<Record<string, Resource>> = {
  contacts,
  alltags: tags,
  buckets,
  contactbuckets: contactBuckets,
  phonenumbers: phoneNumbers,
  calldispositions: callDispositions,
  resthooksubscriptions: hookSubscriptions,
  resthookerrorlogs: hookErrorLogs,
};

/** A CallTools account on this machine, with its API at `<url>/api/`. Quirks: docs/sandboxes.md. */
export function startCallToolsSandbox(
  options: SandboxOptions<CallToolsSettings> = {},
): Promise<RunningSandbox<CallToolsSettings>> {
  return startSandbox(definition, options);
}

const definition: SandboxDefinition<CallToolsSettings> = {
  name: 'calltools',
  settings: settingsSchema,
  // How the dialer retries is not documented; its hooks are taken to be sent once.
  retryRule: () => () => null,
  build(context) {
    const account = openAccount(context);
    const info = () => ({ apiPath: '/api', token: Object.keys(account.settings.tokens)[0] ?? null });
    return { routes: createRouter(account, resources), records: createRecords(account), info };
  },
};
