import { randomBytes } from 'node:crypto';
import type { ZodObject } from 'zod';
import { providers } from '../../src/providers/index.ts';
import type { Provider } from '../../src/providers/provider.ts';
import type { Sandboxes, SandboxId } from './sandboxes.ts';

/** Over the settings of accord.yaml, by provider. */
export type AccountOptions = { [Id in SandboxId as `${Id}Account`]?: Record<string, unknown> };

export interface ProviderSettings {
  account: Record<string, unknown>;
  /** As the provider's schema made them of the environment. */
  secrets: Record<string, string>;
}

/** Accounts whose rates never bind, with the sandboxes' keys. */
export function providerSettings(sandboxes: Sandboxes, options: AccountOptions): Record<SandboxId, ProviderSettings> {
  const settings = (Object.keys(sandboxes) as SandboxId[]).map((id) => {
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
const ours: Partial<Record<SandboxId, object>> = { calltools: { referenceField: 'hub_contact_id' } };

const environments: Record<SandboxId, (sandboxes: Sandboxes) => Record<string, unknown>> = {
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
