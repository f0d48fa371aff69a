import { createHmac, type KeyObject, randomUUID, sign } from 'node:crypto';
import { gohighlevel } from '#providers/index.ts';

export interface Keys {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

export const locationId = 've9EPM428h8vShlRW1KT';
export const sharedSecret = 'a shared secret 1';
export const workflowSecret = 'a workflow secret';

export function ghlSecrets({ publicKey }: Keys): unknown {
  return gohighlevel.secretsSchema.parse({
    GHL_LOCATION_ID: locationId,
    GHL_API_KEY: 'pit-test',
    GHL_WEBHOOK_PUBLIC_KEY: publicKey.export({ type: 'spki', format: 'pem' }),
    GHL_WEBHOOK_SECRET: sharedSecret,
    GHL_WORKFLOW_SECRET: workflowSecret,
  });
}

/** An event in HighLevel's flat form, with a `webhookId`. Fields that are undefined are left out. */
export function ghlEvent(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'ContactTagUpdate',
    locationId,
    id: 'ocQHyuzHvysMo5N5VsXc',
    tags: ['cold lead'],
    timestamp: new Date().toISOString(),
    webhookId: randomUUID(),
    ...fields,
  };
}

export const bytesOf = (event: unknown): Buffer => Buffer.from(JSON.stringify(event));

export const ed25519 = (body: Buffer, { privateKey }: Keys): string => sign(null, body, privateKey).toString('base64');

export const hmac = (body: Buffer): string => createHmac('sha256', sharedSecret).update(body).digest('hex');

/** Posts the exact bytes. */
export function postBytes(url: string, body: Buffer, headers: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', body: new Uint8Array(body), headers: { 'content-type': 'application/json', ...headers } });
}

/** Posts an event with HighLevel's Ed25519 signature. */
export function postEvent(api: { url: string; keys: Keys }, event: unknown = ghlEvent()): Promise<Response> {
  const body = bytesOf(event);
  return postBytes(`${api.url}/webhook/ghl`, body, { 'x-ghl-signature': ed25519(body, api.keys) });
}
