import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';

export interface PublicKeyCheck {
  /** The exact bytes that were signed. */
  payload: Buffer;
  /** PEM or a key. */
  publicKey: KeyObject | string;
  /** The header's value: base64. */
  signature: string;
}

/** Whether this is an Ed25519 signature of the bytes. */
export function isEd25519({ payload, publicKey, signature }: PublicKeyCheck): boolean {
  const bytes = decodeBase64(signature);
  return bytes?.length === 64 && verify(null, payload, publicKey, bytes);
}

/** Whether this is an RSA signature (PKCS #1 v1.5, SHA-256) of the bytes. */
export function isRsaSha256({ payload, publicKey, signature }: PublicKeyCheck): boolean {
  const bytes = decodeBase64(signature);
  return bytes !== null && verify('sha256', payload, publicKey, bytes);
}

/** A public key in PEM from an environment variable, where line breaks may be escaped as `\n`. */
export function publicKeySchema(type: 'ed25519' | 'rsa') {
  return z
    .string()
    .transform((text) => text.replaceAll('\\n', '\n'))
    .refine((pem) => findKeyType(pem) === type, `Must be the PEM text of an ${type === 'rsa' ? 'RSA' : 'Ed25519'} public key.`);
}

/** Null for text that is not exactly base64: Buffer.from() skips other characters. */
function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

function findKeyType(pem: string): string | undefined {
  try {
    return createPublicKey(pem).asymmetricKeyType;
  } catch {
    return undefined;
  }
}
