import { createHash } from 'node:crypto';
import type { ContactFields, ProviderValues } from '#domain/contact.ts';

/** A digest of the decision's subject: the person's values, and those of the record. It changes when either of them does. */
export function digestOf(fields: ContactFields, shadow: ProviderValues | null): string {
  return createHash('sha256')
    .update(JSON.stringify([fields, shadow], sortKeys))
    .digest('base64url')
    .slice(0, 22);
}

/** PostgreSQL returns keys in another order than they were stored in. */
function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
