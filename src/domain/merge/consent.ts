import type { ContactFields, FieldProvenance, Provenance, Refusers } from '#domain/contact.ts';
import { sameValue } from '#domain/equality.ts';
import type { DoNotContact } from '#domain/values.ts';
import type { MergedField, MergeInput } from './merge-input.ts';

type Channel = keyof DoNotContact;

const channels = ['call', 'sms', 'email'] as const satisfies Channel[];

/**
 * The refusals after a record was read; null when they stay as they are. A refusal wins. It is lifted only by all the records
 * that made it, or by the person's own permission with proof. No other record, and no order of events, lifts it.
 */
export function mergeConsent(input: MergeInput): MergedField | null {
  const ours = input.fields.doNotContact;
  const known = listRefusers(input.provenance.doNotContact, ours);
  const by: Refusers = {};
  const after = { ...ours };
  for (const channel of channels) {
    const refusers = refusersAfter(channel, input, known[channel] ?? []);
    after[channel] = refusers.length > 0;
    if (after[channel]) by[channel] = refusers;
  }
  const isSame = sameValue('doNotContact', after, ours) && JSON.stringify(by) === JSON.stringify(known);
  return isSame ? null : { after, by };
}

/** The refusals of two contacts that turned out to be one person: all records that refused must lift their refusal. */
export function joinConsent(one: Consent, other: Consent): { doNotContact: DoNotContact; by: Refusers } {
  const sides = [one, other].map(refusersOf);
  const by: Refusers = {};
  for (const channel of channels) {
    const refusers = new Set(sides.flatMap((side) => side[channel] ?? []));
    if (refusers.size > 0) by[channel] = [...refusers];
  }
  return { doNotContact: toFlags(by), by };
}

type Decided = { doNotContact: DoNotContact; by: Refusers };

interface Consent {
  fields: Pick<ContactFields, 'doNotContact'>;
  provenance: Provenance;
}

/** The refusals after some records have made or lifted theirs: the difference between two states of another contact. */
export function changeRefusers(
  one: Consent,
  { from, to }: { from: Refusers; to: Refusers },
): { doNotContact: DoNotContact; by: Refusers } {
  const known = refusersOf(one);
  const by: Refusers = {};
  for (const channel of channels) {
    const [before, after] = [from[channel] ?? [], to[channel] ?? []];
    const kept = (known[channel] ?? []).filter((refuser) => after.includes(refuser) || !before.includes(refuser));
    const refusers = new Set([...kept, ...after.filter((refuser) => !before.includes(refuser))]);
    if (refusers.size > 0) by[channel] = [...refusers];
  }
  return { doNotContact: toFlags(by), by };
}

/** Refuses channels of a contact on behalf of somebody. Earlier refusers are kept. */
export function denyChannels(consent: Consent, denied: readonly Channel[], refuser: string): Decided {
  const known = refusersOf(consent);
  const by: Refusers = {};
  for (const channel of channels) {
    const refusers = new Set([...(known[channel] ?? []), ...(denied.includes(channel) ? [refuser] : [])]);
    if (refusers.size > 0) by[channel] = [...refusers];
  }
  return { doNotContact: toFlags(by), by };
}

/** Lifts channels of a contact, for all refusers. */
export function liftChannels(consent: Consent, lifted: readonly Channel[]): Decided {
  const known = refusersOf(consent);
  const by: Refusers = {};
  for (const channel of channels) {
    const refusers = known[channel];
    if (refusers !== undefined && !lifted.includes(channel)) by[channel] = refusers;
  }
  return { doNotContact: toFlags(by), by };
}

/** A refusal that began or ended. */
export interface ConsentChange {
  channel: Channel;
  decision: 'denied' | 'lifted';
  /** As in the provenance of `doNotContact`. */
  refuser: string;
}

/** The refusals by which two states of a contact differ. */
export function listConsentChanges(before: Consent, after: Consent): ConsentChange[] {
  const [from, to] = [refusersOf(before), refusersOf(after)];
  return channels.flatMap((channel): ConsentChange[] => {
    const [old = [], now = []] = [from[channel], to[channel]];
    return [
      ...now.filter((refuser) => !old.includes(refuser)).map((refuser) => ({ channel, decision: 'denied' as const, refuser })),
      ...old.filter((refuser) => !now.includes(refuser)).map((refuser) => ({ channel, decision: 'lifted' as const, refuser })),
    ];
  });
}

/** The refuser of a refusal that a person entered in Accord: no record can lift it. Accounts are named after their vendor, none is called so. */
export const operatorRefuser = 'operator';

/** The records that refuse each channel of a contact. */
export function refusersOf({ fields, provenance }: Consent): Refusers {
  return listRefusers(provenance.doNotContact, fields.doNotContact);
}

function toFlags(by: Refusers): DoNotContact {
  const denies = (channel: Channel) => by[channel] !== undefined;
  return { call: denies('call'), sms: denies('sms'), email: denies('email') };
}

function refusersAfter(channel: Channel, input: MergeInput, known: string[]): string[] {
  const { base, theirs, grants = [] } = input;
  if (grants.includes(channel)) return [];
  const refuses = theirs.doNotContact?.[channel] === true;
  const before = base?.doNotContact?.[channel] === true;
  const own = toRefuser(input.provider, input.linkId);
  if (refuses && !before && !isLanding(channel, input)) return known.includes(own) ? known : [...known, own];
  if (!refuses && before) return known.filter((refuser) => !isLiftedBy(input, refuser));
  return known;
}

/** A person may have several records at one provider. Refusals of earlier releases, and without a link, are of the provider. */
function toRefuser(provider: string, linkId: string | undefined): string {
  return linkId === undefined ? provider : `${provider}:${linkId}`;
}

/**
 * Whether the record lifts the refusal: its own, one that is only known to be of its provider, or one of a record that is gone, since
 * nobody could lift that one otherwise.
 */
function isLiftedBy({ provider, otherLinkIds = [] }: MergeInput, refuser: string): boolean {
  const isOfProvider = refuser === provider || refuser.startsWith(`${provider}:`);
  return isOfProvider && !otherLinkIds.some((linkId) => refuser === toRefuser(provider, linkId));
}

/** Whether the refusal is our own write: a dialer has one flag for all channels, so a write for one channel shows as three. */
function isLanding(channel: Channel, { attempts, fitValues }: MergeInput): boolean {
  return attempts.some(({ set: { doNotContact } }) => {
    return doNotContact !== undefined && fitValues({ doNotContact }).doNotContact?.[channel] === true;
  });
}

/** In the order of the channels, so that equal refusals have equal JSON. */
function listRefusers(provenance: FieldProvenance | undefined, ours: DoNotContact): Refusers {
  const refusers: Refusers = {};
  for (const channel of channels) {
    if (ours[channel]) refusers[channel] = provenance?.by?.[channel] ?? [provenance?.provider ?? 'unknown'];
  }
  return refusers;
}
