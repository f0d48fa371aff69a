import { randomBytes } from 'node:crypto';
import type { ZodObject } from 'zod';
import { builtIn, findWebhookUrl, type Integrations } from '#dev/stack/integrations.ts';
import type { Provider } from '#providers/provider.ts';
import type { Sandbox } from '#sandbox/core/define-sandbox.ts';
import type { RunningSandbox } from '#sandbox/core/sandbox.ts';
import { type Sandboxes, type SandboxId, suffixOf, vendorOf } from './sandboxes.ts';

/** Web forms have no sandbox: their visitors post to the API. */
export type ProviderId = SandboxId | 'webform';

/** Settings laid over the test account's, by provider. */
export type AccountOptions = { [Id in ProviderId as `${Id}Account`]?: Record<string, unknown> };

export interface ProviderSettings {
  account: Record<string, unknown>;
  /** The output of the provider's schema. */
  secrets: Record<string, string>;
}

interface SettingsOptions extends AccountOptions {
  providers?: readonly string[];
  integrations?: Integrations;
  /** Environment variables laid over those of the sandbox, by provider. Undefined unsets one. */
  secrets?: Record<string, Record<string, string | undefined>>;
}

/** The accounts of the started sandboxes, with rates that never bind. */
export function providerSettings(
  sandboxes: Sandboxes,
  { integrations = builtIn, providers: ids = Object.keys(sandboxes), ...options }: SettingsOptions,
): Record<ProviderId, ProviderSettings> {
  const overrides = new Map<string, unknown>(Object.entries(options));
  const settings = ids.map((id) => {
    const { accountSchema } = getProvider(id, integrations);
    const ofSandbox = integrations.sandboxes.find((each) => each.id === vendorOf(id))?.accountSettings;
    const unbound = pick(unboundRates, (accountSchema as ZodObject).shape);
    const account = Object.assign({}, unbound, ofSandbox, id === 'webform' && { forms }, overrides.get(`${id}Account`));
    return [
      id,
      {
        account: accountSchema.parse(account),
        secrets: readSecrets(id, sandboxes, anyApi, { integrations, secrets: options.secrets }),
      },
    ];
  });
  return Object.fromEntries(settings);
}

/** The API's address is not known before it runs: see `setWebhookUrls`. */
const anyApi = 'http://127.0.0.1';

/** Completes secrets that hold the URL of a webhook, as Square's do because signatures cover it. */
export function setWebhookUrls(
  settings: Record<string, ProviderSettings>,
  sandboxes: Sandboxes,
  { api, integrations = builtIn, secrets: overrides }: { api: string } & Pick<SettingsOptions, 'integrations' | 'secrets'>,
): void {
  for (const [id, { secrets }] of Object.entries(settings)) {
    Object.assign(secrets, readSecrets(id, sandboxes, api, { integrations, secrets: overrides }));
  }
}

function readSecrets(
  id: string,
  sandboxes: Sandboxes,
  api: string,
  { integrations, secrets = {} }: { integrations: Integrations; secrets?: SettingsOptions['secrets'] | undefined },
): object {
  const { secretsSchema } = getProvider(id, integrations);
  const sandbox = integrations.sandboxes.find((each) => each.id === vendorOf(id));
  const running = new Map<string, RunningSandbox<object>>(Object.entries(sandboxes)).get(vendorOf(id));
  const facts = { webhookUrl: findWebhookUrl(api, id, integrations), account: suffixOf(id) };
  const environment = sandbox && running ? connect(sandbox, running, facts) : {};
  return Object(secretsSchema.parse({ ...environment, ...secrets[id] }));
}

function connect(
  { account, environment }: Sandbox,
  { controlUrl, info }: RunningSandbox<object>,
  { webhookUrl, account: name }: { webhookUrl: string | undefined; account: string | null },
) {
  return environment(account.parse({ control: controlUrl, ...info(name ?? undefined) }), webhookUrl);
}

export function getProvider(id: string, { providers }: Pick<Integrations, 'providers'> = builtIn): Provider {
  const found = providers.find((provider) => provider.id === id);
  if (!found) throw new Error(`There is no provider ${id}`);
  return found;
}

const unboundRates = { rate: { requestsPerSecond: 10_000, burst: 10_000 }, concurrency: 50 };

/** The site whose pages may send the form. */
export const formOrigin = 'https://www.example.com';

const contactForm = {
  ...{ title: 'Contact us', allowedOrigins: [formOrigin], rateLimit: { submissions: 1_000, minutes: 1 } },
  fields: [
    { name: 'name', label: 'Name', required: true, mapsTo: 'fullName' },
    { name: 'email', label: 'Email address', type: 'email', mapsTo: 'email' },
    { name: 'phone', label: 'Phone number', type: 'tel', mapsTo: 'phone' },
    { name: 'message', label: 'How can we help?', type: 'textarea', mapsTo: 'note' },
    {
      name: 'consent',
      label: 'Permission to call',
      type: 'checkbox',
      consent: { grants: ['call', 'sms'], text: 'You may call me.' },
    },
  ],
};

const forms = { contact: contactForm, trusting: { ...contactForm, trust: 'full' } };

export const testEncryptionKey = randomBytes(32);

function pick(from: object, keys: object): object {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key in keys));
}
