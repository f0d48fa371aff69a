import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import type { Store } from '#sandbox/core/store.ts';
import type { GoHighLevelSettings } from '#sandbox/gohighlevel/settings.ts';

export interface Signer {
  /** SPKI PEM. Replaces the vendor's key in the configuration of a service. */
  publicKey: string;
  /** Created at the first call, because 4096 bits take a second. */
  rsaPublicKey(): string;
  headers(body: string): Record<string, string>;
}

/**
 * HighLevel docs (WebhookAuthentication): Ed25519 over the raw body, base64, in `X-GHL-Signature`. The legacy `X-WH-Signature` is
 * RSA-SHA256. HighLevel signs the events of all locations with one key. The sandbox creates its own keys once and keeps them.
 */
export function createSigner(store: Store, settings: () => GoHighLevelSettings): Signer {
  const keys = store.collection<string>('signing-keys', { survivesReset: true, isShared: true });

  const parsed = new Map<string, KeyObject>();

  function privateKey(type: KeyType): KeyObject {
    const key = parsed.get(type) ?? createPrivateKey(keptPem(type));
    parsed.set(type, key);
    return key;
  }

  function keptPem(type: KeyType): string {
    const pem = keys.get(type) ?? generate(type).export({ type: 'pkcs8', format: 'pem' }).toString();
    keys.put(type, pem);
    return pem;
  }

  function nativeHeaders(body: string): Record<string, string> {
    const signature = sign(null, Buffer.from(body), privateKey('ed25519'));
    const headers: Record<string, string> = { 'x-ghl-signature': signature.toString('base64') };
    if (settings().legacyRsaSignature) {
      headers['x-wh-signature'] = createSign('SHA256').update(body).sign(privateKey('rsa'), 'base64');
    }
    return headers;
  }

  const schemes = {
    native: nativeHeaders,
    hmac: (body: string) => ({ 'x-ghl-signature': createHmac('sha256', settings().hmacSecret).update(body).digest('hex') }),
    workflow: () => settings().workflowHeaders,
  };

  return {
    publicKey: toPublicPem(privateKey('ed25519')),
    rsaPublicKey: () => toPublicPem(privateKey('rsa')),
    headers(body) {
      const { webhookScheme, webhookSignature } = settings();
      return damageSignature(schemes[webhookScheme](body), webhookSignature);
    },
  };
}

type KeyType = 'ed25519' | 'rsa';

function generate(type: KeyType): KeyObject {
  return type === 'ed25519'
    ? generateKeyPairSync('ed25519').privateKey
    : generateKeyPairSync('rsa', { modulusLength: 4096 }).privateKey;
}

const toPublicPem = (key: KeyObject) => createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();

/** Integrators report a literal `N/A` instead of a signature. */
function damageSignature(headers: Record<string, string>, how: GoHighLevelSettings['webhookSignature']): Record<string, string> {
  const signature = headers['x-ghl-signature'];
  if (how === 'valid' || signature === undefined) return headers;
  const { 'x-ghl-signature': _, ...others } = headers;
  if (how === 'missing') return others;
  return { ...others, 'x-ghl-signature': how === 'N/A' ? 'N/A' : corrupt(signature) };
}

const corrupt = (signature: string) => (signature.startsWith('0') ? '1' : '0') + signature.slice(1);
