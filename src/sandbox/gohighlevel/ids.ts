import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Integrators report: ids of contacts, locations and custom fields are 20 letters and digits. */
export function newId(): string {
  return Array.from(randomBytes(20), (byte) => alphabet[byte % alphabet.length]).join('');
}

/** The format that the bulk tag route checks. */
export const isFirebaseId = (id: string) => /^[A-Za-z0-9]{20}$/.test(id);
