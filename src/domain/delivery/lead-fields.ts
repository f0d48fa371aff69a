import type { ContactFields, FieldName, Phone, PostalAddress } from '#domain/contact.ts';
import { sameValue } from '#domain/equality.ts';

/** The names under which subscribers hear of fields, in `data.changes`. */
export const leadFields = [
  ...(['name', 'email', 'emails', 'phone', 'phones', 'company', 'address', 'addresses', 'birthday'] as const),
  ...(['tags', 'notes', 'source', 'do_not_contact'] as const),
];
export type LeadField = (typeof leadFields)[number];

/** By the fields of a contact: what subscribers may see of each. */
const partsOf: Record<FieldName, readonly LeadField[]> = {
  givenName: ['name'],
  familyName: ['name'],
  company: ['company'],
  emails: ['email', 'emails'],
  phones: ['phone', 'phones'],
  addresses: ['address', 'addresses'],
  birthday: ['birthday'],
  tags: ['tags'],
  note: ['notes'],
  source: ['source'],
  doNotContact: ['do_not_contact'],
};

const plurals = { emails: 'emails', phones: 'phones', addresses: 'addresses' } as const satisfies Partial<
  Record<LeadField, FieldName>
>;

/** The first of several, such as `email`, is told where it changed, and all of them, as `emails`, where there are or were several. */
export function changedLeadFields(before: ContactFields, after: ContactFields): LeadField[] {
  const changed = (Object.keys(partsOf) as FieldName[]).filter((field) => !sameValue(field, before[field], after[field]));
  return [...new Set(changed.flatMap((field) => partsOf[field]))].filter((field) => {
    if (field in plurals) return [before, after].some((fields) => fields[plurals[field as keyof typeof plurals]].length > 1);
    if (field === 'email' || field === 'phone' || field === 'address')
      return JSON.stringify(shown[field](before)) !== JSON.stringify(shown[field](after));
    return true;
  });
}

/** What subscribers see of a contact. */
export const shown: Record<LeadField, (fields: ContactFields) => unknown> = {
  name: ({ givenName, familyName }) => [givenName, familyName].filter((part) => part !== null).join(' ') || null,
  email: ({ emails }) => emails[0]?.address ?? null,
  emails: ({ emails }) => emails.map(({ address }) => address),
  phone: ({ phones }) => (phones[0] ? phoneText(phones[0]) : null),
  phones: ({ phones }) => phones.map(phoneText),
  company: ({ company }) => company,
  address: ({ addresses }) => (addresses[0] ? addressParts(addresses[0]) : null),
  addresses: ({ addresses }) => addresses.map(addressParts),
  birthday: ({ birthday }) => birthday,
  tags: ({ tags }) => tags,
  notes: ({ note }) => note,
  source: ({ source }) => source,
  do_not_contact: ({ doNotContact: { call, sms, email } }) => ({ call, sms, email }),
};

/** An extension as RFC 3966 writes it. */
function phoneText({ e164, extension, raw }: Phone): string {
  if (e164 === null) return raw;
  return extension === null ? e164 : `${e164};ext=${extension}`;
}

function addressParts({ street, city, region, postalCode, country }: PostalAddress) {
  return { street, city, region, postal_code: postalCode, country };
}
