import type { ContactFields } from './contact.ts';

/** Whether a text that outlives a person has an email, a phone number or the family name of the person. */
export function mentionsPerson(text: string, fields: Pick<ContactFields, 'emails' | 'phones' | 'familyName'>): boolean {
  const lower = text.toLowerCase();
  const digits = text.replace(/\D/g, '');
  const words = lower.split(/[^\p{L}\p{N}]+/u);
  const hasPhone = fields.phones.some(({ e164 }) => e164 !== null && digits.includes(e164.slice(-7)));
  const hasName = fields.familyName !== null && fields.familyName !== '' && hasWords(words, fields.familyName.toLowerCase());
  return hasPhone || hasName || fields.emails.some(({ address }) => lower.includes(address.toLowerCase()));
}

function hasWords(words: readonly string[], name: string): boolean {
  return name.split(/[^\p{L}\p{N}]+/u).every((part) => words.includes(part));
}
