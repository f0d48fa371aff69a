import { fileURLToPath } from 'node:url';
import type { SandboxAccounts } from './sandboxes.ts';

export interface StackAddresses {
  api: string;
  database: string;
  /** `host:port` */
  temporal: string;
  temporalUi: string;
}

/** Settings of real accounts and servers, which must not leak from a person's shell into the stack. */
const notInherited = /^(GHL|CALLTOOLS|SQUARE|GOOGLE|WEBFORM|TEMPORAL|DATABASE|API|ACCORD|TASK_QUEUE|WORKER)_|^(PORT|PUBLIC_URL)$/;

export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !notInherited.test(name)));
}

/** Where the vendors that push are to post. Square signs its URL too: what it posts to and what the api was told must be one string. */
export function webhookUrls(api: string): Record<'gohighlevel' | 'square', string> {
  return { gohighlevel: `${api}/webhook/ghl`, square: `${api}/webhooks/square` };
}

/** The environment of api and worker: what they would have in production, with sandboxes in the vendors' places. */
export function stackEnvironment(
  { api, database, temporal, temporalUi }: StackAddresses,
  { gohighlevel, calltools, square, google }: SandboxAccounts,
  encryptionKey: string,
): NodeJS.ProcessEnv {
  return {
    ...inheritedEnvironment(),
    // As in the Dockerfile. Without a limit V8 first collects at several times of what lives.
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --max-old-space-size=1024`.trim(),
    ACCORD_CONFIG: process.env.ACCORD_CONFIG ?? fileURLToPath(new URL('../../../accord.yaml', import.meta.url)),
    ACCORD_PROFILE: 'sandbox',
    ACCORD_ENCRYPTION_KEY: encryptionKey,
    DATABASE_URL: database,
    TEMPORAL_ADDRESS: temporal,
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_UI_URL: temporalUi,
    API_HOST: '127.0.0.1',
    PORT: new URL(api).port,
    GHL_BASE_URL: gohighlevel.url,
    GHL_API_KEY: gohighlevel.token,
    GHL_LOCATION_ID: gohighlevel.locationId,
    GHL_WEBHOOK_PUBLIC_KEY: gohighlevel.webhookPublicKey,
    CALLTOOLS_BASE_URL: calltools.url,
    CALLTOOLS_API_KEY: calltools.token,
    SQUARE_BASE_URL: square.url,
    SQUARE_ACCESS_TOKEN: square.token,
    SQUARE_MERCHANT_ID: square.merchantId,
    SQUARE_SIGNATURE_KEY: square.signatureKey,
    SQUARE_WEBHOOK_URL: webhookUrls(api).square,
    GOOGLE_BASE_URL: google.url,
    GOOGLE_TOKEN_URL: google.tokenUrl,
    GOOGLE_CLIENT_ID: google.clientId,
    GOOGLE_CLIENT_SECRET: google.clientSecret,
    GOOGLE_REFRESH_TOKEN: google.refreshToken,
  };
}
