import type { ContactFields } from './contact.ts';
import { emailMatchKey } from './normalize/email.ts';

/** A phone number or email address by which a refusal is known, under whatever name it arrives. */
export interface RefusalKey {
  kind: 'email' | 'phone';
  /** E.164, or the key of a mailbox. */
  value: string;
}

/**
 * The keys that a refusal of the contact holds for. Every number counts, a shared one too: the refusal is of calls to it. A mailbox
 * of many does not, and neither does a number with an extension, which reaches a whole building.
 */
export function toRefusalKeys({ emails, phones }: Pick<ContactFields, 'emails' | 'phones'>): RefusalKey[] {
  const addresses = emails.flatMap(({ address }) => emailMatchKey(address) ?? []);
  const numbers = phones.flatMap(({ e164, extension }) => (e164 === null || extension !== null ? [] : [e164]));
  return [
    ...[...new Set(numbers)].map((value) => ({ kind: 'phone' as const, value })),
    ...[...new Set(addresses)].map((value) => ({ kind: 'email' as const, value })),
  ];
}
