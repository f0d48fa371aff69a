import { type ContactFields, emptyFields, type ProviderValues } from '#domain/contact.ts';
import type { MergeInput } from '#domain/merge/merge-input.ts';
import { mergeRecord } from '#domain/merge/merge-record.ts';
import type { DoNotContact, Phone } from '#domain/values.ts';

export const at = '2026-11-22T02:00:00.000Z';

/** The values of both sides; `base` are the provider's values at the last read. The provider is GoHighLevel by default. */
export interface Sides {
  ours?: Partial<ContactFields>;
  base: ProviderValues | null;
  theirs: ProviderValues;
}

export function mergeSides({ ours, base, theirs }: Sides, rest: Partial<MergeInput> = {}) {
  return mergeRecord({
    fields: { ...emptyFields, ...ours },
    provenance: {},
    base,
    theirs,
    provider: 'gohighlevel',
    at,
    updatedAt: null,
    fitValues: (values) => values,
    echoPairs: {},
    attempts: [],
    conflicts: { order: ['gohighlevel', 'square', 'google'], fields: {} },
    ...rest,
  });
}

/** A write without an answer. */
export function attempt(
  set: MergeInput['attempts'][number]['set'],
  tags: { addTags?: string[]; removeTags?: string[] } = {},
): MergeInput['attempts'][number] {
  return { set, addTags: [], removeTags: [], ...tags };
}

export const phone = (e164: string, rest: Partial<Phone> = {}): Phone => ({
  ...{ e164, extension: null, raw: e164, label: null },
  ...rest,
});
export const email = (address: string, label: string | null = null) => ({ address, label });

export const deny = (...channels: (keyof DoNotContact)[]): DoNotContact => ({
  call: channels.includes('call'),
  sms: channels.includes('sms'),
  email: channels.includes('email'),
});
