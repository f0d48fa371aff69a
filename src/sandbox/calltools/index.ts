import { createHash } from 'node:crypto';
import { z } from 'zod';
import { accountSchema, defineSandbox } from '#sandbox/core/define-sandbox.ts';
import { openAccount } from './account.ts';
import { createPeople } from './people.ts';
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
import { settingsSchema } from './settings.ts';
import { usualPermissions } from './tokens.ts';

export { type CallToolsSettings, defaultToken } from './settings.ts';

/** The routes under `/api/`, by the dialer's names. */
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

/** A CallTools account with its API at `<root>/api/`. Quirks: docs/sandboxes.md. */
export const calltoolsSandbox = defineSandbox({
  id: 'calltools',
  title: 'CallTools',
  defaultPort: 4102,
  settings: settingsSchema,
  presets: {
    unlimited: {},
    immediate: {},
    stack: { bucketCreateAllowed: true },
  },
  account: accountSchema({ token: z.string() }),
  published: ['token'],
  appEnvironment: ({ url }) => ({ CALLTOOLS_BASE_URL: url }),
  environment: ({ url, token }) => ({ CALLTOOLS_BASE_URL: url, CALLTOOLS_API_KEY: token }),
  // The dialer's host names its account (https://<silo>.calltools.io). Here the key does.
  furtherAccount: (name) => ({ tokens: { [tokenOf(name)]: [...usualPermissions] } }),
  // The account has this field from the start: see `fields` in settings.ts.
  accountSettings: { referenceField: 'hub_contact_id' },
  sampleEdit: {
    of: 'lead',
    describe: () => 'wants no more calls',
    change: () => ({ doNotCall: true }),
  },
  // No document says how the dialer retries; the sandbox sends a hook once.
  retryRule: () => () => null,
  build(context) {
    const account = openAccount(context);
    const records = createRecords(account);
    const info = (root: string) => ({ url: `${root}/api`, token: Object.keys(account.settings.tokens)[0] ?? null });
    const knows = (credential: string) => Object.hasOwn(account.settings.tokens, credential);
    return { routes: createRouter(account, resources), records, people: createPeople(account, records), knows, info };
  },
});

/** 40 hexadecimal digits, as the dialer's keys have. */
function tokenOf(account: string): string {
  return createHash('sha1').update(account).digest('hex');
}
