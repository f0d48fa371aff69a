import { type RunningSandbox, type SandboxOptions, startSandbox } from '../core/sandbox.ts';
import { openAccount } from './account.ts';
import { buckets } from './buckets.ts';
import { contactBuckets } from './contact-buckets.ts';
import { contacts } from './contacts.ts';
import { createControl } from './control.ts';
import { callDispositions } from './dispositions.ts';
import { hookErrorLogs, hookSubscriptions } from './hook-subscriptions.ts';
import { phoneNumbers } from './phone-numbers.ts';
import type { Resource } from './resource.ts';
import { createRouter } from './router.ts';
import { type CallToolsSettings, settingsSchema } from './settings.ts';
import { tags } from './tags.ts';

export type CallToolsSandboxOptions = SandboxOptions<CallToolsSettings>;
export type CallToolsSandbox = RunningSandbox<CallToolsSettings>;
export type { CallToolsSettings } from './settings.ts';
export { defaultToken } from './settings.ts';

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

/** A CallTools account on this machine: its API is at `<url>/api/`, what tests hold on to at `<url>/_sandbox/`. */
export function startCallToolsSandbox(options: CallToolsSandboxOptions = {}): Promise<CallToolsSandbox> {
  return startSandbox<CallToolsSettings>(
    {
      name: 'calltools',
      settings: settingsSchema,
      // How the dialer retries is not documented; its hooks are taken to be sent once.
      retryRule: () => () => null,
      build(context) {
        const account = openAccount(context);
        const info = () => ({ token: Object.keys(context.settings.current.tokens)[0] ?? null, apiPath: '/api' });
        return { routes: createRouter(account, resources), records: createControl(account), info };
      },
    },
    options,
  );
}
