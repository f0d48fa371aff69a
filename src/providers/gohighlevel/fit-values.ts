import type { FieldName, PostalAddress, ProviderValues } from '../../domain/contact.ts';
import { uniqueTags } from '../../domain/normalize/tag.ts';

export const fields = [
  'givenName',
  'familyName',
  'company',
  'emails',
  'phones',
  'addresses',
  'birthday',
  'tags',
  'source',
  'doNotContact',
] as const satisfies readonly FieldName[];

/** HighLevel docs: the body of an update has no `companyName`, and a field that it does not have is refused with 422. */
export const createOnlyFields = ['company'] as const satisfies readonly FieldName[];

/** One email, one phone without extension, one address; tags in lower case; no labels. */
export function fitValues(values: ProviderValues): ProviderValues {
  const fitted: ProviderValues = {};
  for (const field of fields) if (field in values) Object.assign(fitted, { [field]: values[field] });
  const { emails, phones, addresses, birthday, tags } = fitted;
  if (emails) fitted.emails = emails.slice(0, 1).map((email) => ({ ...email, label: null }));
  if (phones) fitted.phones = firstPhone(phones).map((phone) => ({ ...phone, extension: null, label: null }));
  if (addresses) fitted.addresses = addresses.slice(0, 1).flatMap((address) => fitAddress(address) ?? []);
  // There is no way to leave the year out.
  if (birthday?.startsWith('--')) fitted.birthday = null;
  if (tags) fitted.tags = uniqueTags(tags.map((tag) => tag.toLowerCase()));
  return fitted;
}

function firstPhone<Phone extends { e164: string | null }>(phones: Phone[]): Phone[] {
  const phone = phones.find(({ e164 }) => e164 !== null) ?? phones[0];
  return phone ? [phone] : [];
}

/** HighLevel fills in the location's country by itself: alone, it says nothing of the person. */
function fitAddress(address: PostalAddress): PostalAddress | null {
  const { country, label, ...place } = address;
  if (Object.values(place).every((part) => part === null)) return null;
  return { ...place, country: country !== null && /^[A-Z]{2}$/.test(country) ? country : null, label: null };
}
