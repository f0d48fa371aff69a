export interface CustomFieldValue {
  id: string;
  value: unknown;
}

export interface Channel {
  status: 'active' | 'inactive' | 'permanent';
  message?: string | undefined;
  code?: string | undefined;
}

/** A contact as the sandbox keeps it: original spelling, no derived fields, nothing empty. */
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
  /** Kept as a tombstone: the bulk tag route knows deleted ids from unknown ones. */
  deleted?: true;
}

/** What a write may change; null empties the field, an absent one is left alone. */
export type ContactChanges = { [K in keyof Omit<Contact, 'id' | 'locationId' | 'deleted'>]?: Contact[K] | null | undefined };

export const fullName = ({ firstName, lastName }: Contact) => [firstName, lastName].filter(Boolean).join(' ');

/** The contact as GET, PUT and upsert answer it. HighLevel docs: apps/contacts.json; empty fields are left out. */
export function toDetail(contact: Contact): object {
  const { inboundDndSettings: _, additionalEmails, additionalPhones: __, gender: ___, deleted: ____, ...fields } = contact;
  return {
    ...fields,
    name: fullName(contact) || undefined,
    ...lowerCased(contact),
    additionalEmails: additionalEmails?.map((email) => ({ email })),
  };
}

/** The contact as POST /contacts/ answers it: another list of fields. HighLevel docs: apps/contacts.json. */
export function toCreated(contact: Contact): object {
  const { name: _, timezone: __, ...fields } = toDetail(contact) as Record<string, unknown>;
  return { ...fields, deleted: false, offers: [], products: [] };
}

/** The contact in the old list. Integrators report: `firstName` is lower-cased there, with the original in `firstNameRaw`. */
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
