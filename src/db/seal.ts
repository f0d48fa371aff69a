import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** An encrypted value that no key opens. */
export class UnopenedError extends Error {}

/** A single key of 32 bytes, or keys with ids. */
export type SealingKey = Buffer | KeyRing;

/** Keys with ids, so that one can take the place of another. */
export interface KeyRing {
  /** The first one seals, all open. */
  keys: readonly { id: string; key: Buffer }[];
  /** The key of the time before keys had ids. It only opens. */
  unnamed: Buffer | null;
}

/**
 * Encrypts with AES-256-GCM. `boundTo` names the row that the text belongs to, as additional authenticated data. Returns iv (12 bytes),
 * tag (16 bytes) and ciphertext; with keys that have ids, behind a header with the id.
 */
export function seal(text: string, { key, boundTo }: { key: SealingKey; boundTo: string }): Buffer {
  if (Buffer.isBuffer(key)) return encrypt(text, key, boundTo);
  const [first] = key.keys;
  if (first === undefined) throw new Error('ACCORD_ENCRYPTION_KEYS has no key');
  return Buffer.concat([headerOf(first.id), encrypt(text, first.key, boundTo)]);
}

/** Throws when no key is the one of `seal`, when `boundTo` differs, or when the bytes were changed. The message has the key's id. */
export function unseal(sealed: Buffer, { key, boundTo }: { key: SealingKey; boundTo: string }): string {
  const id = readKeyId(sealed);
  const named = id === null || Buffer.isBuffer(key) ? undefined : key.keys.find((each) => each.id === id)?.key;
  const opened = named && id !== null ? decrypt(sealed.subarray(headerOf(id).length), named, boundTo) : undefined;
  if (opened !== undefined) return opened;
  // One iv in four billion looks like a header.
  for (const each of Buffer.isBuffer(key) ? [key] : [...(key.unnamed ? [key.unnamed] : []), ...key.keys.map((one) => one.key)]) {
    const text = decrypt(sealed, each, boundTo);
    if (text !== undefined) return text;
  }
  if (id === null)
    throw new UnopenedError(`${boundTo} was encrypted with another ACCORD_ENCRYPTION_KEY than the one that is set now`);
  throw new UnopenedError(
    named
      ? `${boundTo} was changed since it was encrypted, or ACCORD_ENCRYPTION_KEYS has another key under the id ${id} now`
      : `${boundTo} was encrypted with the key ${id}, which ACCORD_ENCRYPTION_KEYS does not have`,
  );
}

/** A key of its own for one purpose (HKDF, RFC 5869): neither `key` nor the key of another purpose opens its values. */
export function deriveKey(key: SealingKey, purpose: string): SealingKey {
  const derive = (from: Buffer) => Buffer.from(hkdfSync('sha256', from, '', purpose, 32));
  if (Buffer.isBuffer(key)) return derive(key);
  return {
    keys: key.keys.map((each) => ({ id: each.id, key: derive(each.key) })),
    unnamed: key.unnamed && derive(key.unnamed),
  };
}

/** The prefix of every value that the first key of the ring has sealed. Two ids never have the same beginning. */
export function headerOf(id: string): Buffer {
  return Buffer.concat([magic, Buffer.from([id.length]), Buffer.from(id, 'latin1')]);
}

const magic = Buffer.from('akr1');

function readKeyId(sealed: Buffer): string | null {
  if (!sealed.subarray(0, magic.length).equals(magic)) return null;
  const start = magic.length + 1;
  return sealed.toString('latin1', start, start + (sealed[magic.length] ?? 0));
}

function encrypt(text: string, key: Buffer, boundTo: string): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(boundTo));
  const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
}

/** Undefined when the key or `boundTo` differs, or when the bytes were changed. */
function decrypt(sealed: Buffer, key: Buffer, boundTo: string): string | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
      .setAAD(Buffer.from(boundTo))
      .setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString();
  } catch {
    return undefined;
  }
}
