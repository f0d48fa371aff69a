import type { DoNotContact, FieldProvenance } from './contact.ts';
import { sameValue } from './equality.ts';
import type { Merged, MergeInput } from './merge.ts';

const channels = ['call', 'sms', 'email'] as const satisfies (keyof DoNotContact)[];

/**
 * Deny wins. A refusal is lifted only where it was made, or by a permission of the person's own that comes with proof: no other
 * provider, and no order of events, turns a no into a yes.
 */
export function mergeConsent(input: MergeInput): Merged | null {
  const { provider, provenance, fields, base, theirs, grants = [] } = input;
  const ours = fields.doNotContact;
  const said = theirs.doNotContact as DoNotContact;
  const before = base?.doNotContact;
  if (grants.length === 0 && isNoNews(input, said, before)) return null;

  const by = { ...deniedBy(provenance.doNotContact, ours) };
  const after = { ...ours };
  for (const channel of channels) {
    if (grants.includes(channel)) after[channel] = false;
    else if (said[channel]) after[channel] = true;
    else if (before?.[channel] === true && by[channel] === provider) after[channel] = false;
    if (after[channel]) by[channel] ??= provider;
    else delete by[channel];
  }
  return sameValue('doNotContact', after, ours) ? null : { after, by };
}

/** What was known, what we say, or a write of ours landing: a dialer has one flag for all channels, and shows ours as three. */
function isNoNews({ fields, attempts, fitValues }: MergeInput, said: DoNotContact, before: DoNotContact | undefined): boolean {
  const shows = (value: DoNotContact | undefined) =>
    value !== undefined && sameValue('doNotContact', said, fitValues({ doNotContact: value }).doNotContact);
  if (before !== undefined && sameValue('doNotContact', said, before)) return true;
  return shows(fields.doNotContact) || attempts.some(({ set }) => shows(set.doNotContact));
}

function deniedBy(provenance: FieldProvenance | undefined, ours: DoNotContact): NonNullable<Merged['by']> {
  if (provenance?.by) return provenance.by;
  const denied = channels.filter((channel) => ours[channel] && provenance !== undefined);
  return Object.fromEntries(denied.map((channel) => [channel, provenance?.provider as string]));
}
