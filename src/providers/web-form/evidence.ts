import type { Consent } from '#providers/provider.ts';
import type { WebForm } from './settings.ts';

/** How the sender of a submission was accepted: by the origin of the page, or by a signature. */
export type Proof = 'origin' | 'signature';

/** Where and how a submission was sent. */
export interface Circumstances {
  /** Such as `https://www.example.com`; null for a signed submission without one. */
  origin: string | null;
  /** URL of the page, as far as the browser sends it. */
  page: string | null;
  ip: string | null;
  userAgent: string | null;
  proof: Proof;
}

/**
 * The evidence stored beside the values of a submission: its circumstances and, for each ticked permission, the words and channels
 * as they were then. The visitor agreed to those, even if accord.yaml changes later.
 */
export function toEvidence(form: WebForm, values: Record<string, string>, circumstances: Circumstances): Record<string, string> {
  const { ip, userAgent, page, ...rest } = circumstances;
  const evidence = Object.entries({ ...rest, ip, page: page?.slice(0, 1_000), userAgent: userAgent?.slice(0, 500) });
  for (const { name, consent } of form.fields) {
    if (!consent || !(name in values)) continue;
    evidence.push([`${words}${name}`, consent.text], [`${grants}${name}`, consent.grants.join(' ')]);
  }
  return Object.fromEntries(evidence.filter((entry): entry is [string, string] => Boolean(entry[1])));
}

/** The permission in the evidence; null when no channel was granted. */
export function toConsent(evidence: Record<string, string>, submitted: { form: string; at: Date }): Consent | null {
  const channels = textsOf(evidence, grants).flatMap((list) => list.split(' '));
  const granted = (['call', 'sms', 'email'] as const).filter((channel) => channels.includes(channel));
  if (granted.length === 0) return null;
  return {
    grants: granted,
    evidence: { ...toCircumstances(evidence, submitted), words: textsOf(evidence, words).join('\n') },
  };
}

/** Where, how and when a submission was sent: its evidence without permissions. */
export function toCircumstances(
  evidence: Record<string, string>,
  { form, at }: { form: string; at: Date },
): Record<string, string> {
  const circumstances = Object.entries(evidence).filter(([key]) => !key.startsWith(words) && !key.startsWith(grants));
  return { ...Object.fromEntries(circumstances), form, at: at.toISOString() };
}

const words = 'words.';
const grants = 'grants.';

function textsOf(evidence: Record<string, string>, prefix: string): string[] {
  return Object.entries(evidence).flatMap(([key, text]) => (key.startsWith(prefix) ? [text] : []));
}
