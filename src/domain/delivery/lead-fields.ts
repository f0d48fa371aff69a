import { type CanonicalField, type ContactFields, fieldNames, toFieldValue } from '#domain/contact.ts';
import { sameValue } from '#domain/equality.ts';
import { fieldTable } from '#domain/fields.ts';
import type { Phone, PostalAddress } from '#domain/values.ts';

type NamesIn<Lead> = Lead extends { first: infer First; all: infer All } ? First | All : Lead extends string ? Lead : never;

/** The names under which lead events carry fields, in `data.changes`. */
export type LeadField = { [Field in CanonicalField]: NamesIn<(typeof fieldTable)[Field]['lead']> }[CanonicalField];

/** The part of a field that a lead event carries under one name: the whole value, or the first or all items of a set. */
export interface LeadPart {
  name: LeadField;
  field: CanonicalField;
  part: 'value' | 'first' | 'all';
}

export const leadParts: readonly LeadPart[] = fieldNames.flatMap((field): LeadPart[] => {
  const { lead } = fieldTable[field];
  if (lead === null) return [];
  if (typeof lead === 'string') return [{ name: lead, field, part: 'value' }];
  return [
    { name: lead.first, field, part: 'first' },
    { name: lead.all, field, part: 'all' },
  ];
});

export const leadFields: readonly LeadField[] = [...new Set(leadParts.map(({ name }) => name))];

/** Names the first item of a set where that item changed, and all of its items where there are or were several. */
export function changedLeadFields(before: ContactFields, after: ContactFields): LeadField[] {
  const changed = leadParts.filter(({ field }) => !sameValue(field, before[field], after[field]));
  const told = changed.filter((part) => {
    const [old, now] = [before, after].map((fields) => showPart(part, fields));
    if (part.part === 'all') return [old, now].some((items) => Array.isArray(items) && items.length > 1);
    return part.part === 'value' || JSON.stringify(old) !== JSON.stringify(now);
  });
  // A suffix that moves from the family name to a field of its own leaves the name as it is.
  const isJoined = (name: LeadField) => leadParts.filter((part) => part.name === name).length > 1;
  const isSame = (name: LeadField) => isJoined(name) && showLeadField(name, before) === showLeadField(name, after);
  return [...new Set(told.map(({ name }) => name))].filter((name) => !isSame(name));
}

/** The value of a lead event's field. Fields that share the name, such as the parts of a person's name, are joined by a space. */
export function showLeadField(name: LeadField, fields: ContactFields): unknown {
  const [first, ...others] = leadParts.filter((part) => part.name === name).map((part) => showPart(part, fields));
  if (others.length === 0) return first;
  return [first, ...others].filter((text) => text !== null).join(' ') || null;
}

function showPart({ field, part }: LeadPart, fields: ContactFields): unknown {
  const shown = showValue(field, fields);
  return part === 'first' && Array.isArray(shown) ? (shown[0] ?? null) : shown;
}

function showValue(field: CanonicalField, fields: ContactFields): unknown {
  const { type, value } = toFieldValue(field, fields);
  switch (type) {
    case 'emails':
      return value.map(({ address }) => address);
    case 'phones':
      return value.map(phoneText);
    case 'addresses':
      return value.map(addressParts);
    case 'refusals':
      return { call: value.call, sms: value.sms, email: value.email };
    case 'name':
    case 'line':
    case 'text':
    case 'date':
    case 'tags':
    case 'extra':
      return value;
    default:
      return type satisfies never;
  }
}

/** RFC 3966 defines the form of an extension. */
function phoneText({ e164, extension, raw }: Phone): string {
  if (e164 === null) return raw;
  return extension === null ? e164 : `${e164};ext=${extension}`;
}

function addressParts({ street, city, region, postalCode, country }: PostalAddress) {
  return { street, city, region, postal_code: postalCode, country };
}
