import type { ContactFields } from '#domain/contact.ts';

/** The whole name of a person; null without one. */
export function toFullName({ givenName, middleName, familyName, nameSuffix }: ContactFields): string | null {
  return [givenName, middleName, familyName, nameSuffix].filter((part) => part !== null).join(' ') || null;
}
