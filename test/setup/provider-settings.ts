import { randomBytes } from 'node:crypto';
import type { ZodObject } from 'zod';
import { providers } from '#providers/index.ts';
import type { Provider } from '#providers/provider.ts';
import type { Sandboxes, SandboxId } from './sandboxes.ts';

/** Web forms have no sandbox: visitors are whoever posts to the api. */
export type ProviderId = SandboxId | 'webform';

/** Over the settings of accord.yaml, by provider. */
export type AccountOptions = { [Id in ProviderId as `${Id}Account`]?: Record<string, unknown> };

export interface ProviderSettings {
  account: Record<string, unknown>;
  /** As the provider's schema made them of the environment. */
  secrets: Record<string, string>;
}

/** Accounts whose rates never bind, with the sandboxes' keys. */
export function providerSettings(
  sandboxes: Sandboxes,
  { providers: ids = Object.keys(sandboxes) as SandboxId[], ...options }: AccountOptions & { providers?: readonly ProviderId[] },
): Record<ProviderId, ProviderSettings> {
  const settings = ids.map((id) => {
    const { accountSchema, secretsSchema } = getProvider(id);
    const account = { ...pick(unbound, (accountSchema as ZodObject).shape), ...ours[id], ...options[`${id}Account`] };
    return [id, { account: accountSchema.parse(account), secrets: secretsSchema.parse(environments[id](sandboxes)) }];
  });
  return Object.fromEntries(settings);
}

export function getProvider(id: string): Provider {
  const found = providers.find((provider) => provider.id === id);
  if (!found) throw new Error(`There is no provider ${id}`);
  return found;
}

const unbound = { rate: { requestsPerSecond: 10_000, burst: 10_000 }, concurrency: 50 };
/** The site whose pages may send the form. */
export const formOrigin = 'https://www.example.com';

const ours: Partial<Record<ProviderId, object>> = {
  calltools: { referenceField: 'hub_contact_id' },
  google: { searchWarmUpSeconds: 0 },
  webform: { forms: { contact: contactForm() } },
};

function contactForm() {
  return {
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
}

const environments: Record<ProviderId, (sandboxes: Sandboxes) => Record<string, unknown>> = {
  webform: () => ({}),
  gohighlevel({ gohighlevel: { url, info } }) {
    const { locationId, token, webhookPublicKey } = info();
    return { GHL_BASE_URL: url, GHL_LOCATION_ID: locationId, GHL_API_KEY: token, GHL_WEBHOOK_PUBLIC_KEY: webhookPublicKey };
  },
  calltools: ({ calltools: { url, info } }) => ({ CALLTOOLS_BASE_URL: `${url}/api`, CALLTOOLS_API_KEY: info().token }),
  square({ square: { url, info } }) {
    const { token, merchantId, signatureKey } = info();
    return {
      ...{ SQUARE_BASE_URL: url, SQUARE_ACCESS_TOKEN: token, SQUARE_MERCHANT_ID: merchantId },
      // The api's address is not known yet: `startAccord` puts it here.
      ...{ SQUARE_SIGNATURE_KEY: signatureKey, SQUARE_WEBHOOK_URL: 'http://127.0.0.1/' },
    };
  },
  google({ google: { url, info } }) {
    const { clientId, clientSecret, refreshToken, tokenPath } = info();
    return {
      ...{ GOOGLE_BASE_URL: url, GOOGLE_TOKEN_URL: `${url}${tokenPath}` },
      ...{ GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret, GOOGLE_REFRESH_TOKEN: refreshToken },
    };
  },
};

export const testEncryptionKey = randomBytes(32);

function pick(from: object, keys: object): object {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key in keys));
}
