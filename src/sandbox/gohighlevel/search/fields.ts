import { type Contact, fullName } from '#sandbox/gohighlevel/contacts/contact.ts';

export type Scalar = string | number | boolean;
export type Operator = 'eq' | 'not_eq' | 'contains' | 'not_contains' | 'exists' | 'not_exists' | 'range';

export interface SearchField {
  operators: readonly Operator[];
  /** Lower-case text, and milliseconds for dates. Empty if the contact has no value. */
  read(contact: Contact): Scalar[];
}

const identity = ['eq', 'not_eq'] as const;
const exact = [...identity, 'exists', 'not_exists'] as const;
const text = [...exact, 'contains', 'not_contains'] as const;
const date = ['range', 'exists', 'not_exists'] as const;

/** HighLevel docs ("Contacts Search API"): the operators of each field. */
const fields: Record<string, SearchField> = {
  id: { operators: identity, read: ({ id }) => [id.toLowerCase()] },
  ...group(exact, {
    email: ({ email }) => email,
    website: ({ website }) => website,
    contactName: fullName,
    assignedTo: ({ assignedTo }) => assignedTo,
    country: ({ country }) => country,
    dnd: ({ dnd }) => dnd,
    followers: nothing,
    timezone: ({ timezone }) => timezone,
    type: ({ type }) => type,
    validEmail: nothing,
    isValidWhatsapp: nothing,
    activeWorkflows: nothing,
    finishedWorkflows: nothing,
  }),
  ...group(text, {
    phone: ({ phone }) => phone,
    tags: ({ tags }) => tags,
    address: ({ address1 }) => address1,
    city: ({ city }) => city,
    state: ({ state }) => state,
    postalCode: ({ postalCode }) => postalCode,
    companyName: ({ companyName }) => companyName,
    businessName: nothing,
    source: ({ source }) => source,
    firstNameLowerCase: ({ firstName }) => firstName,
    lastNameLowerCase: ({ lastName }) => lastName,
  }),
  ...group(date, {
    dateAdded: ({ dateAdded }) => Date.parse(dateAdded),
    dateUpdated: ({ dateUpdated }) => Date.parse(dateUpdated),
    dateOfBirth: ({ dateOfBirth }) => (dateOfBirth === undefined ? undefined : Date.parse(dateOfBirth)),
    lastEmailClickedDate: nothing,
    lastEmailOpenedDate: nothing,
    lastAppointment: nothing,
  }),
};

export const sortFields = [
  'firstNameLowerCase',
  'lastNameLowerCase',
  'businessName',
  'dateAdded',
  'dateUpdated',
  'email',
  'dnd',
  'source',
] as const;

/** Finds a field by its name in a filter, such as `email` or `customFields.<id>`. */
export function findField(name: string): SearchField | undefined {
  if (!name.startsWith('customFields.')) return fields[name];
  const id = name.slice('customFields.'.length);
  return {
    operators: [...text, 'range'],
    read: (contact) => toScalars(contact.customFields.find((each) => each.id === id)?.value),
  };
}

function nothing(): undefined {}

function group(
  operators: readonly Operator[],
  readers: Record<string, (contact: Contact) => unknown>,
): Record<string, SearchField> {
  const entries = Object.entries(readers);
  return Object.fromEntries(entries.map(([name, read]) => [name, { operators, read: (contact) => toScalars(read(contact)) }]));
}

function toScalars(value: unknown): Scalar[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((each) => each !== undefined && each !== null && each !== '').map(fold);
}

/** Lower-cases text, because comparisons ignore case. */
export const fold = (value: unknown): Scalar =>
  typeof value === 'number' || typeof value === 'boolean' ? value : String(value).toLowerCase();
