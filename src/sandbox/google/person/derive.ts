import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { FieldName } from './fields.ts';
import { groupNameIn, type Item } from './person.ts';

/** Adds the keys that Google derives. Google docs: the keys marked "output only". */
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

/** Splits an unstructured name. Integrators report a given and a family name; the place of the split is a guess. */
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

/** Google docs: E.164, derived by the server. Its absence for an invalid phone number is a guess. */
function canonicalFormOf(value: string, region: string): { canonicalForm?: string } {
  const parsed = parsePhoneNumberFromString(value, isSupportedCountry(region) ? region : undefined);
  return parsed?.isPossible() ? { canonicalForm: parsed.number } : {};
}

/** Google docs: built from the parts unless the user set it. A value that the user set is not updated with the parts. */
function formatAddress({ streetAddress, extendedAddress, poBox, city, region, postalCode, country }: Item): string {
  const line = joined([city, joined([region, postalCode], ' ')], ', ');
  return joined([streetAddress, extendedAddress, poBox, line, country], '\n');
}

/** `workFax` becomes "Work Fax". A custom label stays as it is. */
function labelOf({ type }: Item): { formattedType?: string } {
  if (typeof type !== 'string') return {};
  if (!/^[a-z]+([A-Z][a-z]+)*$/.test(type)) return { formattedType: type };
  const spaced = type.replace(/[A-Z]/g, (letter) => ` ${letter}`);
  return { formattedType: spaced.charAt(0).toUpperCase() + spaced.slice(1) };
}

function toMembership(item: Item): Item {
  const contactGroupResourceName = groupNameIn(item);
  const contactGroupId = contactGroupResourceName.replace('contactGroups/', '');
  return { contactGroupMembership: { contactGroupId, contactGroupResourceName } };
}

const joined = (parts: unknown[], separator: string) => parts.filter(Boolean).join(separator);
