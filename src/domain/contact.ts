/** The canonical contact: what Accord knows of one person, whoever said it. */
export interface ContactFields {
  givenName: string | null;
  familyName: string | null;
  company: string | null;
  emails: Email[];
  phones: Phone[];
  addresses: PostalAddress[];
  /** `YYYY-MM-DD`, or `--MM-DD` where the year is unknown. */
  birthday: string | null;
  /** As the person who tagged wrote them, trimmed; compared by `tagKey`. */
  tags: string[];
  note: string | null;
  source: string | null;
  doNotContact: DoNotContact;
}

export type FieldName = keyof ContactFields;

export interface Email {
  /** Trimmed and case-folded, with the domain in ASCII. */
  address: string;
  label: string | null;
}

export interface Phone {
  /** `+15125550143`, or null when no region makes a number of what was typed. */
  e164: string | null;
  extension: string | null;
  /** As it was typed; never sent back merely because its form differs. */
  raw: string;
  label: string | null;
}

export interface PostalAddress {
  street: string | null;
  city: string | null;
  region: string | null;
  postalCode: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string | null;
  label: string | null;
}

/** One flag per channel; true means "do not". Deny wins whenever two sides disagree. */
export interface DoNotContact {
  call: boolean;
  sms: boolean;
  email: boolean;
}

/** Who said the value of a field, and when that reached us. */
export interface FieldProvenance {
  provider: string;
  changedAt: string;
  /** When the provider says it changed, by its own clock. */
  updatedAt?: string;
  /** Of `doNotContact`. */
  by?: Refusers;
}

/** Who refused which channel: all of them must take it back before it is open again. */
export type Refusers = Partial<Record<keyof DoNotContact, string[]>>;

export type Provenance = Partial<Record<FieldName, FieldProvenance>>;

/**
 * What one provider holds of a contact: only the fields that it can hold.
 * `lists` are named memberships that are not contact fields, such as the buckets of a dialer.
 */
export type ProviderValues = Partial<ContactFields> & { lists?: string[] };

/** What to change at one provider. Tags and lists are added and removed one by one: others edit them too. */
export interface RecordPatch {
  set: Partial<Omit<ContactFields, 'tags'>>;
  addTags: string[];
  removeTags: string[];
  addLists: string[];
  removeLists: string[];
}

export const emptyFields: ContactFields = {
  givenName: null,
  familyName: null,
  company: null,
  emails: [],
  phones: [],
  addresses: [],
  birthday: null,
  tags: [],
  note: null,
  source: null,
  doNotContact: { call: false, sms: false, email: false },
};

/** Those of some values that stand in `fields`. What is not said stays unsaid. */
export function pickFields(values: ProviderValues, fields: readonly (keyof ProviderValues)[]): ProviderValues {
  return Object.fromEntries(fields.filter((field) => field in values).map((field) => [field, values[field]]));
}

export function isFieldName(name: unknown): name is FieldName {
  return typeof name === 'string' && Object.hasOwn(emptyFields, name);
}

/** The names of the values that are present. */
export function valueNames(values: ProviderValues): (keyof ProviderValues)[] {
  // TypeScript types the keys of every object as plain strings.
  return Object.keys(values) as (keyof ProviderValues)[];
}
