import type { ContactFields, DoNotContact, FieldProvenance, Provenance, Refusers } from './contact.ts';
import { sameValue } from './equality.ts';
import type { MergedField, MergeInput } from './merge-input.ts';

type Channel = keyof DoNotContact;

const channels = ['call', 'sms', 'email'] as const satisfies Channel[];

/**
 * Deny wins. A refusal is lifted only where it was made, and by all who made it, or by a permission of the person's own that comes
 * with proof: no other provider, and no order of events, turns a no into a yes.
 */
export function mergeConsent(input: MergeInput): MergedField | null {
  const ours = input.fields.doNotContact;
  const known = refusersOf(input.provenance.doNotContact, ours);
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

/** The refusals of two contacts that are one person: all who refused must take it back. */
export function joinConsent(one: Said, other: Said): { doNotContact: DoNotContact; by: Refusers } {
  const sides = [one, other].map(({ fields, provenance }) => refusersOf(provenance.doNotContact, fields.doNotContact));
  const by: Refusers = {};
  for (const channel of channels) {
    const refusers = new Set(sides.flatMap((side) => side[channel] ?? []));
    if (refusers.size > 0) by[channel] = [...refusers];
  }
  const denies = (channel: Channel) => by[channel] !== undefined;
  return { doNotContact: { call: denies('call'), sms: denies('sms'), email: denies('email') }, by };
}

interface Said {
  fields: Pick<ContactFields, 'doNotContact'>;
  provenance: Provenance;
}

function refusersAfter(channel: Channel, input: MergeInput, known: string[]): string[] {
  const { provider, base, theirs, grants = [] } = input;
  if (grants.includes(channel)) return [];
  const said = theirs.doNotContact?.[channel] === true;
  const before = base?.doNotContact?.[channel] === true;
  if (said && !before && !isLanding(channel, input)) return known.includes(provider) ? known : [...known, provider];
  if (!said && before) return known.filter((refuser) => refuser !== provider);
  return known;
}

/** A write of ours shows: a dialer has one flag for all channels, and ours for one of them shows there as three. */
function isLanding(channel: Channel, { attempts, fitValues }: MergeInput): boolean {
  return attempts.some(({ set: { doNotContact } }) => {
    return doNotContact !== undefined && fitValues({ doNotContact }).doNotContact?.[channel] === true;
  });
}

/** In the order of the channels, so that two that are the same look the same. */
function refusersOf(provenance: FieldProvenance | undefined, ours: DoNotContact): Refusers {
  const refusers: Refusers = {};
  for (const channel of channels) {
    if (ours[channel]) refusers[channel] = provenance?.by?.[channel] ?? [provenance?.provider ?? 'unknown'];
  }
  return refusers;
}
