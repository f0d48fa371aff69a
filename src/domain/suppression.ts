import { emailMatchKey, normalizeEmail } from './normalize/email.ts';
import { normalizePhone, phoneKey } from './normalize/phone.ts';
import type { RefusalChannel, RefusalKey } from './refusal.ts';

/** A number or address as a person or a file names it. */
export interface TypedEntry {
  kind: RefusalKey['kind'];
  text: string;
  /** Null: those that the kind is refused for by default. */
  channels: readonly RefusalChannel[] | null;
}

export type ReadEntry = { kind: 'keys'; keys: RefusalKey[] } | { kind: 'invalid'; because: string };

const defaults: Record<RefusalKey['kind'], readonly RefusalChannel[]> = { phone: ['call', 'sms'], email: ['email'] };

/** `regions`: the countries of numbers that are typed without one. */
export function readEntry(entry: TypedEntry, regions: readonly string[]): ReadEntry {
  return entry.kind === 'phone' ? readPhone(entry, regions) : readEmail(entry);
}

/** Whether a text is meant to be an email address. */
export function guessKind(text: string): RefusalKey['kind'] {
  return text.includes('@') ? 'email' : 'phone';
}

function readPhone({ text, channels }: TypedEntry, regions: readonly string[]): ReadEntry {
  const wanted = channels ?? defaults.phone;
  if (wanted.includes('email')) return invalid('A phone number can be refused for call and sms, not for email.');
  const numbers = new Set<string>();
  // Without any account the number must have its country.
  for (const defaultRegion of regions.length === 0 ? [''] : regions) {
    const phone = normalizePhone(text, { defaultRegion });
    if (phone !== null && phone.e164 !== null) numbers.add(phoneKey(phone));
  }
  const [value, other] = [...numbers];
  if (value === undefined)
    return invalid('This is no phone number that can be called: write it with its country, such as +1 512 555 0143.');
  if (other !== undefined) return invalid('The number has several meanings: write it with its country, such as +1 512 555 0143.');
  return { kind: 'keys', keys: wanted.map((channel) => ({ channel, kind: 'phone', value })) };
}

function readEmail({ text, channels }: TypedEntry): ReadEntry {
  const wanted = channels ?? defaults.email;
  if (wanted.includes('sms')) return invalid('An email address can be refused for email and call, not for sms.');
  const address = normalizeEmail(text)?.address;
  if (address === undefined) return invalid('This is no email address.');
  const mailbox = emailMatchKey(address);
  if (mailbox === null && wanted.includes('call'))
    return invalid('The mailbox is of many people or of nobody: it can be refused for email only.');
  return { kind: 'keys', keys: wanted.map((channel) => ({ channel, kind: 'email', value: mailbox ?? address })) };
}

const invalid = (because: string): ReadEntry => ({ kind: 'invalid', because });
