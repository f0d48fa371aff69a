import type { ProviderValues } from '#domain/contact.ts';
import { emailMatchKey, isPlaceholderEmail } from '#domain/normalize/email.ts';
import { isDialable } from '#domain/normalize/phone.ts';

/** Addresses of the business itself. Its staff and its systems write them into records of many people, so they identify nobody. */
export interface OwnAddresses {
  /** Keys of mailboxes, as `emailMatchKey` gives them; the address of a role such as info@. */
  mailboxes: readonly string[];
  /** Without `@`. */
  domains: readonly string[];
  /** E.164. */
  phones: readonly string[];
}

/** The keys that are not of the business itself. */
export function withoutOwn<Key extends { kind: 'email' | 'phone'; value: string }>(
  keys: readonly Key[],
  own: OwnAddresses | undefined,
): Key[] {
  if (own === undefined) return [...keys];
  const isOwn = { email: (value: string) => isOwnMailbox(value, own), phone: (value: string) => own.phones.includes(value) };
  return keys.filter(({ kind, value }) => !isOwn[kind](value));
}

/**
 * Whether everything that two records have in common is of nobody: placeholders and addresses of the business itself. False where
 * they have nothing in common.
 */
export function shareOnlyNobodys(one: Addresses, other: Addresses, own: OwnAddresses = nobodys): boolean {
  const known = new Set(listAddresses(one).map(({ value }) => value));
  const common = listAddresses(other).filter(({ value }) => known.has(value));
  return common.length > 0 && withoutOwn(common, own).every(({ isPlaceholder }) => isPlaceholder);
}

type Addresses = Pick<ProviderValues, 'emails' | 'phones'>;

const nobodys: OwnAddresses = { mailboxes: [], domains: [], phones: [] };

/** All addresses that a vendor may find a record by, those of roles included. */
function listAddresses({ emails = [], phones = [] }: Addresses) {
  return [
    ...emails.map(({ address }) => {
      const isPlaceholder = isPlaceholderEmail(address);
      return { kind: 'email' as const, value: emailMatchKey(address) ?? address.toLowerCase(), isPlaceholder };
    }),
    ...phones.flatMap((phone) =>
      phone.e164 === null ? [] : [{ kind: 'phone' as const, value: phone.e164, isPlaceholder: !isDialable(phone) }],
    ),
  ];
}

function isOwnMailbox(key: string, { mailboxes, domains }: OwnAddresses): boolean {
  return mailboxes.includes(key) || domains.includes(key.slice(key.lastIndexOf('@') + 1));
}
