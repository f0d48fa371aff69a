import type { ContactFields } from './contact.ts';
import { emailMatchKey, isEmailAddress } from './normalize/email.ts';
import type { DoNotContact } from './values.ts';

export type RefusalChannel = keyof DoNotContact;

export const refusalChannels = ['call', 'sms', 'email'] as const satisfies RefusalChannel[];

/** A phone number or email address by which a refusal is known, under whatever name it arrives. */
export interface RefusalKey {
  channel: RefusalChannel;
  kind: 'email' | 'phone';
  /** E.164, or the key of a mailbox. */
  value: string;
}

/**
 * The keys that refusals of the contact hold for, by channel. Every number counts for calls and texts, a shared one too: the refusal is
 * of calls to it. A number with an extension does not, because it reaches a whole building. A mailbox of one person counts for calls as
 * well, a mailbox of many for emails only.
 */
export function toRefusalKeys({ emails, phones }: Pick<ContactFields, 'emails' | 'phones'>): RefusalKey[] {
  const numbers = phones.flatMap(({ e164, extension }) => (e164 === null || extension !== null ? [] : [e164]));
  const addresses = emails.flatMap(({ address }) => (isEmailAddress(address) ? [address] : []));
  const mailboxes = addresses.flatMap((address) => emailMatchKey(address) ?? []);
  return [
    ...toKeys('call', 'phone', numbers),
    ...toKeys('call', 'email', mailboxes),
    ...toKeys('sms', 'phone', numbers),
    ...toKeys(
      'email',
      'email',
      addresses.map((address) => emailMatchKey(address) ?? address),
    ),
  ];
}

function toKeys(channel: RefusalChannel, kind: RefusalKey['kind'], values: readonly string[]): RefusalKey[] {
  return [...new Set(values)].map((value) => ({ channel, kind, value }));
}

/** Whether many people share the mailbox of the key: it identifies nobody. */
export function isSharedMailbox({ kind, value }: RefusalKey): boolean {
  return kind === 'email' && emailMatchKey(value) === null;
}

/** The contact's own refusals, and those that hold for one of its keys. */
export function joinRefusals(own: DoNotContact, held: readonly RefusalChannel[]): DoNotContact {
  const refuses = (channel: RefusalChannel) => own[channel] || held.includes(channel);
  return { call: refuses('call'), sms: refuses('sms'), email: refuses('email') };
}

/** The channels of some keys, in one order, so that equal refusals are equal. */
export function listChannels(keys: readonly Pick<RefusalKey, 'channel'>[]): RefusalChannel[] {
  return refusalChannels.filter((channel) => keys.some((key) => key.channel === channel));
}
