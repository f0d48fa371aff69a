import { z } from 'zod';
import type { OwnAddresses } from '#domain/matching/own-addresses.ts';
import { defaultRules } from '#domain/matching/recognise.ts';
import { emailMatchKey, isMailService, normalizeEmail } from '#domain/normalize/email.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';

interface OwnAddress {
  kind: 'mailbox' | 'domain' | 'phone';
  value: string;
}

const ownAddress = z.string().superRefine((text, { addIssue }) => {
  const found = readOwnAddress(text);
  if (typeof found === 'string') addIssue(found);
});

const points = z.number().min(0).max(100);

/** `matching` in accord.yaml. */
export const matchingSchema = z
  .strictObject({
    mode: z
      .enum(['auto', 'ask-first', 'off'])
      .default(defaultRules.mode)
      .describe(
        '"auto" merges what is certain and asks about what is likely. "ask-first" asks about everything, and merges nothing by itself. ' +
          '"off" does neither.',
      ),
    mergeAt: points.default(defaultRules.mergeAt).describe('The score from which two records are merged: see docs/matching.md.'),
    askAt: points.default(defaultRules.askAt).describe('The score from which a person is asked.'),
    maxRecords: z
      .int()
      .min(2)
      .max(1_000)
      .default(defaultRules.maxRecords)
      .describe('A contact with this many records gets another one only by the decision of a person.'),
    maxMergesPerHour: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(20_000)
      .describe('How many contacts are merged by themselves within an hour. What exceeds it is asked.'),
    ownAddresses: z
      .array(ownAddress)
      .max(1_000)
      .default([])
      .describe(
        'Addresses of the business itself: emails, whole domains such as "@ourshop.example", and phone numbers with their country code. They ' +
          'stay in records, and identify nobody: two contacts with one of them are not taken for one person.',
      ),
  })
  .prefault({})
  .describe('How Accord recognises people.')
  .refine(({ mergeAt, askAt }) => askAt <= mergeAt, { path: ['askAt'], error: 'must not exceed mergeAt' })
  .transform(({ ownAddresses, ...rules }) => ({ ...rules, ownAddresses: toOwnAddresses(ownAddresses) }));

function toOwnAddresses(texts: readonly string[]): OwnAddresses {
  const all = texts.map(readOwnAddress);
  const listed = (kind: OwnAddress['kind']) =>
    all.flatMap((each) => (typeof each === 'object' && each.kind === kind ? [each.value] : []));
  return { mailboxes: listed('mailbox'), domains: listed('domain'), phones: listed('phone') };
}

/** Parses an own address; the reason if the text is none. */
function readOwnAddress(text: string): OwnAddress | string {
  const typed = text.trim();
  if (typed.startsWith('@')) return readDomain(typed.slice(1));
  if (typed.includes('@')) return readMailbox(typed);
  if (typed.startsWith('+')) {
    const phone = normalizePhone(typed, { defaultRegion: 'US' });
    return phone?.e164 && phone.extension === null
      ? { kind: 'phone', value: phone.e164 }
      : 'is no phone number without extension';
  }
  return 'must be an email address, a domain such as "@ourshop.example", or a phone number with its country code such as "+1 512 555 0143"';
}

function readMailbox(text: string): OwnAddress | string {
  const email = normalizeEmail(text);
  return email === null ? 'is no email address' : { kind: 'mailbox', value: emailMatchKey(email.address) ?? email.address };
}

function readDomain(text: string): OwnAddress | string {
  const domain = normalizeEmail(`somebody@${text}`)?.address.split('@')[1];
  if (domain === undefined) return 'is no domain: write it as "@ourshop.example"';
  return isMailService(domain)
    ? 'is a mail service with mailboxes of many people: list single addresses'
    : { kind: 'domain', value: domain };
}
