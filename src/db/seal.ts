import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * Encrypts with AES-256-GCM under `key` (32 bytes). `boundTo` names the row that the text belongs to, as additional authenticated data.
 * Returns iv (12 bytes), tag (16 bytes) and ciphertext.
 */
export function seal(text: string, { key, boundTo }: { key: Buffer; boundTo: string }): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(boundTo));
  const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
}

/** Throws when the key or `boundTo` differs from those of `seal`, or when the bytes were changed. */
export function unseal(sealed: Buffer, { key, boundTo }: { key: Buffer; boundTo: string }): string {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
      .setAAD(Buffer.from(boundTo))
      .setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString();
  } catch (cause) {
    throw new Error(`${boundTo} was encrypted with another ACCORD_ENCRYPTION_KEY than the one that is set now`, { cause });
  }
}
