import type { ContactFields } from './contact.ts';
import { type OwnAddresses, withoutOwn } from './matching/own-addresses.ts';
import { emailMatchKey, isEmailAddress, isPlaceholderEmail } from './normalize/email.ts';
import { findPhoneLine, phoneKey } from './normalize/phone.ts';
import type { DoNotContact } from './values.ts';

export type RefusalChannel = keyof DoNotContact;

export const refusalChannels = ['call', 'sms', 'email'] as const satisfies RefusalChannel[];

/** A phone number or email address by which a refusal is known, under whatever name it arrives. */
export interface RefusalKey {
  channel: RefusalChannel;
  kind: 'email' | 'phone';
  /** The key of a number (`phoneKey`), or of a mailbox. */
  value: string;
}

/** A refusal by somebody else that holds for one of a contact's keys. */
export interface HeldRefusal extends RefusalKey {
  /** The key is on the suppression list. Else another contact that has it refused. */
  isListed?: boolean;
}

/** The keys by which a contact can be reached: a refusal of any of them holds for the contact. */
export interface ReachKeys {
  /** The suppression list counts for these. */
  all: RefusalKey[];
  /** Refusals of other contacts count for these: a number of the business itself is nobody's. */
  ofPeople: RefusalKey[];
}

type Addresses = Pick<ContactFields, 'emails' | 'phones'>;

/**
 * The keys that refusals of the contact hold for, by channel. Every number counts for calls and texts, a shared one too: the refusal is
 * of calls to it. A number with an extension counts with its extension only, because the number reaches a whole building. A mailbox of
 * one person counts for calls as well, a mailbox of many for emails only.
 */
export function toRefusalKeys({ emails, phones }: Addresses): RefusalKey[] {
  return toKeysOf(
    emails,
    phones.flatMap((phone) => (phone.e164 === null ? [] : [phoneKey(phone)])),
  );
}

/** Adds each number that has an extension without it: dialers call the bare number. */
export function toReachKeys({ emails, phones }: Addresses, own: OwnAddresses | undefined): ReachKeys {
  const numbers = phones.flatMap((phone) => (phone.e164 === null ? [] : [phoneKey(phone), phone.e164]));
  const all = toKeysOf(emails, numbers);
  return { all, ofPeople: withoutOwn(all, own) };
}

/** Whether `match_key` has the key for every contact that has it: not for a placeholder or a number set aside for fiction. */
export function isFindable({ kind, value }: RefusalKey): boolean {
  if (kind === 'email') return !isPlaceholderEmail(value);
  const [e164 = value, extension = null] = value.split(';ext=');
  return findPhoneLine({ e164, extension, raw: value, label: null }) !== null;
}

function toKeysOf(emails: Addresses['emails'], numbers: readonly string[]): RefusalKey[] {
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
