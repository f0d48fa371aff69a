export interface CustomFieldValue {
  id: string;
  value: unknown;
}

export interface Channel {
  status: 'active' | 'inactive' | 'permanent';
  message?: string | undefined;
  code?: string | undefined;
}

/** A contact as the sandbox stores it: original spelling, no derived fields, no empty fields. */
export interface Contact {
  id: string;
  locationId: string;
  firstName?: string;
  lastName?: string;
  email?: string;
  additionalEmails?: string[];
  phone?: string;
  additionalPhones?: string[];
  companyName?: string;
  address1?: string;
  city?: string;
  state?: string;
  country?: string;
  postalCode?: string;
  website?: string;
  timezone?: string;
  gender?: string;
  source?: string;
  assignedTo?: string;
  dateOfBirth?: string;
  type: string;
  dnd: boolean;
  dndSettings?: Record<string, Channel>;
  inboundDndSettings?: Record<string, Channel>;
  tags: string[];
  customFields: CustomFieldValue[];
  dateAdded: string;
  dateUpdated: string;
  /** A tombstone: the bulk tag route distinguishes deleted ids from unknown ones. */
  deleted?: true;
}

/** The fields of a write: null clears a field, an absent field stays. */
export type ContactChanges = { [K in keyof Omit<Contact, 'id' | 'locationId' | 'deleted'>]?: Contact[K] | null | undefined };

/** First and last name; '' if both are absent. */
export const fullName = ({ firstName, lastName }: Contact) => [firstName, lastName].filter(Boolean).join(' ');

/** A contact in the answers of GET, PUT and upsert. HighLevel docs: apps/contacts.json; empty fields are omitted. */
export function toDetail(contact: Contact): Record<string, unknown> {
  const { inboundDndSettings: _, additionalEmails, additionalPhones: __, gender: ___, deleted: ____, ...fields } = contact;
  return {
    ...fields,
    name: fullName(contact) || undefined,
    ...lowerCased(contact),
    additionalEmails: additionalEmails?.map((email) => ({ email })),
  };
}

/** A contact in the answer of POST /contacts/, which has other fields. HighLevel docs: apps/contacts.json. */
export function toCreated(contact: Contact): object {
  const { name: _, timezone: __, ...fields } = toDetail(contact);
  return { ...fields, deleted: false, offers: [], products: [] };
}

/** A contact in the deprecated list. Integrators report: `firstName` is in lower case, with the original in `firstNameRaw`. */
export function toListed(contact: Contact): object {
  return {
    ...toDetail(contact),
    firstName: contact.firstName?.toLowerCase(),
    lastName: contact.lastName?.toLowerCase(),
    firstNameRaw: contact.firstName,
    lastNameRaw: contact.lastName,
    contactName: fullName(contact).toLowerCase() || undefined,
  };
}

function lowerCased(contact: Contact) {
  return {
    emailLowerCase: contact.email?.toLowerCase(),
    firstNameLowerCase: contact.firstName?.toLowerCase(),
    lastNameLowerCase: contact.lastName?.toLowerCase(),
    fullNameLowerCase: fullName(contact).toLowerCase() || undefined,
  };
}
