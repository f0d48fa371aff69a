import type { DoNotContact, Email, Phone, PostalAddress } from './values.ts';

/** The types of fields, each with the value that such a field holds. */
export interface FieldValues {
  /** One part of a person's name. */
  name: string | null;
  /** One line of text. */
  line: string | null;
  /** Text of any number of lines. */
  text: string | null;
  /** `YYYY-MM-DD`, or `--MM-DD` where the year is unknown. */
  date: string | null;
  emails: Email[];
  phones: Phone[];
  addresses: PostalAddress[];
  /** Trimmed, in their original spelling; compared by `tagKey`. */
  tags: string[];
  refusals: DoNotContact;
  /** Text of any number of lines that only one business gives a meaning to. */
  extra: string | null;
}

export type FieldType = keyof FieldValues;

/**
 * How the values of two sides become one:
 * - `replace`: a changed value replaces the other as a whole
 * - `items`: each side adds and removes items; no side replaces the whole set
 * - `deny-wins`: a refusal holds until the side that made it lifts it
 */
export type MergeRule = 'replace' | 'items' | 'deny-wins';

export interface FieldRow {
  type: FieldType;
  merge: MergeRule;
  /** Redacted in logs. */
  isPersonal: boolean;
  /** Says whose record it is: a record with none of these fields is not created. */
  isIdentifying: boolean;
  /** A person looks for contacts by it. */
  isSearched: boolean;
  /**
   * The `mapsTo` targets of form fields that fill the field, each with the token by which browsers fill it in:
   * https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill
   */
  forms: Readonly<Record<string, string | null>>;
  /**
   * Its name in lead events; null keeps it out of them. Fields that share a name are joined by a space. A set may have two names:
   * one for its first item, one for all of them.
   */
  lead: string | { first: string; all: string } | null;
}

/**
 * The canonical fields of a contact. Everything else that depends on the list of fields reads this table: empty values, merging,
 * conflict rules, redaction, form targets, lead events and API schemas.
 */
export const fieldTable = {
  givenName: {
    type: 'name',
    merge: 'replace',
    isPersonal: true,
    isIdentifying: true,
    isSearched: true,
    forms: { givenName: 'given-name', fullName: 'name' },
    lead: 'name',
  },
  middleName: {
    type: 'name',
    merge: 'replace',
    isPersonal: true,
    isIdentifying: false,
    isSearched: true,
    forms: { middleName: 'additional-name' },
    lead: 'name',
  },
  familyName: {
    type: 'name',
    merge: 'replace',
    isPersonal: true,
    isIdentifying: true,
    isSearched: true,
    forms: { familyName: 'family-name', fullName: 'name' },
    lead: 'name',
  },
  nameSuffix: {
    type: 'name',
    merge: 'replace',
    isPersonal: true,
    isIdentifying: false,
    isSearched: true,
    forms: { nameSuffix: 'honorific-suffix', fullName: 'name' },
    lead: 'name',
  },
  company: {
    type: 'line',
    merge: 'replace',
    isPersonal: true,
    isIdentifying: true,
    isSearched: true,
    forms: { company: 'organization' },
    lead: 'company',
  },
  jobTitle: {
    type: 'line',
    merge: 'replace',
    isPersonal: true,
    isIdentifying: false,
    isSearched: false,
    forms: { jobTitle: 'organization-title' },
    lead: 'job_title',
  },
  emails: {
    type: 'emails',
    merge: 'items',
    isPersonal: true,
    isIdentifying: true,
    isSearched: true,
    forms: { email: 'email' },
    lead: { first: 'email', all: 'emails' },
  },
  phones: {
    type: 'phones',
    merge: 'items',
    isPersonal: true,
    isIdentifying: true,
    isSearched: true,
    forms: { phone: 'tel' },
    lead: { first: 'phone', all: 'phones' },
  },
  addresses: {
    type: 'addresses',
    merge: 'items',
    isPersonal: true,
    isIdentifying: false,
    isSearched: false,
    forms: {
      street: 'address-line1',
      city: 'address-level2',
      region: 'address-level1',
      postalCode: 'postal-code',
      country: 'country-name',
    },
    lead: { first: 'address', all: 'addresses' },
  },
  birthday: {
    type: 'date',
    merge: 'replace',
    isPersonal: true,
    isIdentifying: false,
    isSearched: false,
    forms: { birthday: 'bday' },
    lead: 'birthday',
  },
  tags: {
    type: 'tags',
    merge: 'items',
    isPersonal: false,
    isIdentifying: false,
    isSearched: true,
    forms: { tag: null },
    lead: 'tags',
  },
  note: {
    type: 'text',
    merge: 'replace',
    isPersonal: true,
    isIdentifying: false,
    isSearched: false,
    // The text of a form's field becomes a message: see `Submission`. `note` is the older name.
    forms: { message: null, note: null },
    lead: 'notes',
  },
  source: {
    type: 'line',
    merge: 'replace',
    isPersonal: false,
    isIdentifying: false,
    isSearched: false,
    forms: { source: null },
    lead: 'source',
  },
  doNotContact: {
    type: 'refusals',
    merge: 'deny-wins',
    isPersonal: false,
    isIdentifying: false,
    isSearched: false,
    // Forms fill it by the `doNotContact` and `consent` settings of a checkbox, not by `mapsTo`.
    forms: {},
    lead: 'do_not_contact',
  },
} as const satisfies Record<string, FieldRow>;

/** The row of every extra, which accord.yaml names. Accord does not know its meaning, so it treats it as personal. */
export const extraRow: FieldRow = {
  type: 'extra',
  merge: 'replace',
  isPersonal: true,
  isIdentifying: false,
  isSearched: false,
  forms: {},
  lead: null,
};

/**
 * The fields that most vendors lack: they keep the part behind the whole, `Lovelace Jr.` as a family name. The two merge as one value,
 * under the conflict rule of the whole.
 */
export const nameParts = [
  { whole: 'givenName', part: 'middleName' },
  { whole: 'familyName', part: 'nameSuffix' },
] as const satisfies readonly { whole: keyof typeof fieldTable; part: keyof typeof fieldTable }[];
