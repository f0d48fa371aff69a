import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { FieldName } from './fields.ts';
import type { Item } from './person.ts';

/** What Google adds to an item on its own. Google docs: the keys that are "output only". */
export function derive(name: FieldName, item: Item, phoneRegion: string): Item {
  const withLabel = { ...item, ...labelOf(item) };
  switch (name) {
    case 'names':
      return { ...item, ...displayNamesOf(item) };
    case 'phoneNumbers':
      return { ...withLabel, ...canonicalFormOf(String(item.value ?? ''), phoneRegion) };
    case 'addresses':
      return { ...withLabel, formattedValue: item.formattedValue ?? formatAddress(item) };
    case 'memberships':
      return toMembership(item);
    case 'nicknames':
    case 'locations':
      return item;
    default:
      return withLabel;
  }
}

/** A name in one piece is taken apart: integrators report given and family name; where Google cuts is a guess. */
export function toStructuredName({ unstructuredName, ...name }: Item): Item {
  if (typeof unstructuredName !== 'string' || name.givenName !== undefined || name.familyName !== undefined) return name;
  const parts = unstructuredName.trim().split(/\s+/);
  const familyName = parts.length > 1 ? parts.pop() : undefined;
  return { ...name, givenName: parts.join(' '), ...(familyName && { familyName }) };
}

function displayNamesOf({ honorificPrefix, givenName, middleName, familyName, honorificSuffix }: Item): Item {
  const displayName = joined([honorificPrefix, givenName, middleName, familyName, honorificSuffix], ' ');
  const displayNameLastFirst = joined([familyName, joined([givenName, middleName], ' ')], ', ');
  return { displayName, displayNameLastFirst, unstructuredName: displayName };
}

/** Google docs: E.164, made by the server. That it is absent where the value is no phone number is a guess. */
function canonicalFormOf(value: string, region: string): { canonicalForm?: string } {
  const parsed = parsePhoneNumberFromString(value, region as CountryCode);
  return parsed?.isPossible() ? { canonicalForm: parsed.number } : {};
}

/** Google docs: built from the parts where the user did not set it, so one that was set grows old. */
function formatAddress({ streetAddress, extendedAddress, poBox, city, region, postalCode, country }: Item): string {
  const line = joined([city, joined([region, postalCode], ' ')], ', ');
  return joined([streetAddress, extendedAddress, poBox, line, country], '\n');
}

/** `workFax` is shown as "Work Fax", a label that a person made up as it is. */
function labelOf({ type }: Item): { formattedType?: string } {
  if (typeof type !== 'string') return {};
  if (!/^[a-z]+([A-Z][a-z]+)*$/.test(type)) return { formattedType: type };
  const spaced = type.replace(/[A-Z]/g, (letter) => ` ${letter}`);
  return { formattedType: spaced.charAt(0).toUpperCase() + spaced.slice(1) };
}

function toMembership({ contactGroupMembership }: Item): Item {
  const { contactGroupResourceName } = contactGroupMembership as { contactGroupResourceName: string };
  const contactGroupId = contactGroupResourceName.replace('contactGroups/', '');
  return { contactGroupMembership: { contactGroupId, contactGroupResourceName } };
}

const joined = (parts: unknown[], separator: string) => parts.filter(Boolean).join(separator);
