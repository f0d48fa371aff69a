import type { ProviderValues } from '#domain/contact.ts';
import { emailMatchKey } from '#domain/normalize/email.ts';
import { isMatchKey } from '#domain/normalize/phone.ts';

/** An email address or phone number that identifies a person as long as only one contact has it. */
export interface IdentityKey {
  kind: 'email' | 'phone';
  value: string;
}

/** The identity keys among some values, each once. Shared mailboxes and shared numbers are none. */
export function toIdentityKeys({ emails = [], phones = [] }: Pick<ProviderValues, 'emails' | 'phones'>): IdentityKey[] {
  const addresses = emails.flatMap(({ address }) => emailMatchKey(address) ?? []);
  // A number with an extension is shared: one line serves a whole building.
  const numbers = phones.filter((phone) => isMatchKey(phone) && phone.extension === null).flatMap(({ e164 }) => e164 ?? []);
  return [
    ...[...new Set(addresses)].map((value) => ({ kind: 'email' as const, value })),
    ...[...new Set(numbers)].map((value) => ({ kind: 'phone' as const, value })),
  ];
}
