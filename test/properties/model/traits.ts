import type { FieldName, ProviderValues } from '#domain/contact.ts';
import type { SetField } from '#domain/equality.ts';

/** The traits of a model vendor. The real vendors are combinations of them. */
export interface Traits {
  /** The provider id. */
  id: string;
  fields: readonly FieldName[];
  /** Whether writes have a version precondition. */
  hasPrecondition: boolean;
  /** Versions are numbers that count upwards, beside times of whole seconds. */
  countsVersions: boolean;
  /** Whether records have a timestamp. */
  saysWhen: boolean;
  /** Lists of which it keeps the first item, as `fitValues` does. */
  oneOf: readonly SetField[];
  /** The maximum length of a note, as in `fitValues`. */
  noteLength: number;
  /** Writes given names in capitals, unknown to `fitValues`: a case for echo pairs. */
  shouts: boolean;
  /** A create with the reference of an earlier one answers with the record of that one, as Square's idempotency key does. */
  isIdempotent: boolean;
  /** Whether records carry the reference of their create. */
  keepsReference: boolean;
  /** The result of a create with the phone number or email of an existing record. */
  duplicates: 'allowed' | 'refused' | 'merged';
  /** For how long a read by id may show an older version, and `find` may miss a new record. Seconds. */
  lagSeconds: number;
  /** How far its clock is off. Seconds. */
  skewSeconds: number;
  /** A dialer: its records are in lists, which are dialled. */
  hasLists: boolean;
}

const everything: readonly FieldName[] = ['givenName', 'note', 'phones', 'emails', 'tags', 'doNotContact'];

/** Like Square: versions that count, idempotency keys, one phone and one email, no tags. */
export const versioned: Traits = {
  id: 'versioned',
  fields: ['givenName', 'note', 'phones', 'emails'],
  hasPrecondition: true,
  countsVersions: true,
  saysWhen: true,
  oneOf: ['phones', 'emails'],
  noteLength: 500,
  shouts: false,
  isIdempotent: true,
  keepsReference: true,
  duplicates: 'allowed',
  lagSeconds: 8,
  skewSeconds: 0,
  hasLists: false,
};

/** Like Google: etags, whole lists, no idempotency. */
export const etagged: Traits = {
  ...versioned,
  id: 'etagged',
  fields: everything,
  countsVersions: false,
  oneOf: [],
  isIdempotent: false,
};

/** Like GoHighLevel: no preconditions, one phone and one email, no second record with either. */
export const unversioned: Traits = {
  ...versioned,
  id: 'unversioned',
  fields: everything,
  hasPrecondition: false,
  countsVersions: false,
  saysWhen: false,
  isIdempotent: false,
  duplicates: 'refused',
};

/** Like CallTools: no preconditions, lists, one email, and no field for notes. */
export const dialer: Traits = {
  ...unversioned,
  id: 'dialer',
  fields: ['givenName', 'phones', 'emails', 'doNotContact'],
  oneOf: ['emails'],
  duplicates: 'allowed',
  hasLists: true,
};

/** The values as the vendor would hold them, as documented. */
export function fitTo({ fields, oneOf, noteLength, hasLists }: Traits, values: ProviderValues): ProviderValues {
  const fitted: ProviderValues = hasLists && values.lists ? { lists: values.lists } : {};
  for (const field of fields) if (field in values) Object.assign(fitted, { [field]: values[field] });
  for (const field of oneOf) if (fitted[field]) Object.assign(fitted, { [field]: fitted[field].slice(0, 1) });
  if (fitted.note) fitted.note = fitted.note.slice(0, noteLength);
  return fitted;
}

/** The values as the vendor holds them, with documented and undocumented changes. */
export function storedBy(traits: Traits, values: ProviderValues): ProviderValues {
  const stored = fitTo(traits, values);
  if (traits.shouts && stored.givenName) stored.givenName = stored.givenName.toUpperCase();
  return stored;
}
