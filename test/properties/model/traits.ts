import type { FieldName, ProviderValues } from '#domain/contact.ts';
import type { SetField } from '#domain/equality.ts';

/** What a model vendor is like. The real ones are combinations of these. */
export interface Traits {
  /** As it stands in accord.yaml and in the database. */
  id: string;
  fields: readonly FieldName[];
  /** Whether a write may carry the version that it builds on, and is refused when the record has moved on. */
  hasPrecondition: boolean;
  /** Whether a record says when it changed. */
  saysWhen: boolean;
  /** Lists of which it keeps the first item alone. It says so: `fitValues` does the same. */
  oneOf: readonly SetField[];
  /** Characters of a note that it keeps. It says so. */
  noteLength: number;
  /** Writes given names in capitals, and nobody knows: a case for echo pairs. */
  shouts: boolean;
  /** A create with the reference of an earlier one answers with the record of that one, as Square's idempotency key does. */
  isIdempotent: boolean;
  /** Whether a record carries the reference of the create that made it. */
  keepsReference: boolean;
  /** What becomes of a create with the phone number or email of a record that is there. */
  duplicates: 'allowed' | 'refused' | 'merged';
  /** For how long a read by id may show an older version, and `find` may miss a new record. Seconds. */
  lagSeconds: number;
  /** How far its clock is off. Seconds. */
  skewSeconds: number;
}

const everything: readonly FieldName[] = ['givenName', 'note', 'phones', 'emails', 'tags', 'doNotContact'];

/** As Square: versions, idempotency keys, one phone and one email, no tags. */
export const versioned: Traits = {
  id: 'versioned',
  fields: ['givenName', 'note', 'phones', 'emails'],
  hasPrecondition: true,
  saysWhen: true,
  oneOf: ['phones', 'emails'],
  noteLength: 500,
  shouts: false,
  isIdempotent: true,
  keepsReference: true,
  duplicates: 'allowed',
  lagSeconds: 8,
  skewSeconds: 0,
};

/** As Google: etags, whole lists, no idempotency. */
export const etagged: Traits = {
  ...versioned,
  id: 'etagged',
  fields: everything,
  oneOf: [],
  isIdempotent: false,
};

/** As GoHighLevel: nothing to build a write on, one phone and one email, no second record with either. */
export const unversioned: Traits = {
  ...versioned,
  id: 'unversioned',
  fields: everything,
  hasPrecondition: false,
  saysWhen: false,
  isIdempotent: false,
  duplicates: 'refused',
};

/** What the vendor would show if it held all of `values` that it can, as far as its documents tell. */
export function fitTo({ fields, oneOf, noteLength }: Traits, values: ProviderValues): ProviderValues {
  const fitted: ProviderValues = {};
  for (const field of fields) if (field in values) Object.assign(fitted, { [field]: values[field] });
  for (const field of oneOf) if (fitted[field]) Object.assign(fitted, { [field]: fitted[field].slice(0, 1) });
  if (fitted.note) fitted.note = fitted.note.slice(0, noteLength);
  return fitted;
}

/** What it makes of values that it is sent or that people type: what it says, and what it does not say. */
export function storedBy(traits: Traits, values: ProviderValues): ProviderValues {
  const stored = fitTo(traits, values);
  if (traits.shouts && stored.givenName) stored.givenName = stored.givenName.toUpperCase();
  return stored;
}
