import type { ContactFields, Provenance, ProviderValues, RecordPatch, Refusers } from '#domain/contact.ts';
import type { SetField } from '#domain/equality.ts';
import type { EchoPairs } from '#domain/sync/patch.ts';
import type { DoNotContact } from '#domain/values.ts';
import type { ConflictRules } from './conflict.ts';

/** One record, as a provider holds it now, to be merged into a contact. */
export interface MergeInput {
  fields: ContactFields;
  provenance: Provenance;
  /** The values that the provider was known to hold before; null before the first read. */
  base: ProviderValues | null;
  /** The values that it holds now. */
  theirs: ProviderValues;
  /** Our values as the provider would store them. */
  fitValues(values: ProviderValues): ProviderValues;
  echoPairs: EchoPairs;
  /** Our writes to this record that may or may not have landed. */
  attempts: readonly Pick<RecordPatch, 'set' | 'addTags' | 'removeTags'>[];
  provider: string;
  /** The record's link, and those of the contact's other records at the provider: refusals are kept by record. */
  linkId?: string;
  otherLinkIds?: readonly string[];
  /** When the change reached Accord, ISO 8601. */
  at: string;
  /** When the record changed, by the provider's clock. */
  updatedAt: string | null;
  conflicts: ConflictRules;
  /** Channels that the person has just allowed, with proof. */
  grants?: readonly (keyof DoNotContact)[];
  /** Sets whose items from the record come first. */
  preferred?: readonly SetField[];
}

/** The new value of one field. */
export interface MergedField {
  after: unknown;
  /** Present when both sides had changed: the value that did not survive. */
  losing?: unknown;
  /** The conflict waits for a person: nothing is written over the provider's value. */
  asks?: true;
  /** Of `doNotContact`: the records that refuse each channel. */
  by?: Refusers;
}
