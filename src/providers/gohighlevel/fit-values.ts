import { type FieldName, type ProviderValues, pickFields } from '#domain/contact.ts';
import { uniqueTags } from '#domain/normalize/tag.ts';
import type { PostalAddress } from '#domain/values.ts';
import type { GoHighLevelAccount } from './settings.ts';

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

/**
 * One email, one phone without extension, one address; tags in lower case; no labels. A contact may have additional emails and
 * phones, which only people can write: an API call that names them is refused with 422 (seen by integrators). So they are no values.
 */
export function fitValues(values: ProviderValues, account: Pick<GoHighLevelAccount, 'defaultRegion'>): ProviderValues {
  const fitted = pickFields(values, fields);
  const { emails, phones, addresses, birthday, tags } = fitted;
  if (emails) fitted.emails = emails.slice(0, 1).map((email) => ({ ...email, label: null }));
  if (phones) fitted.phones = firstPhone(phones).map((phone) => ({ ...phone, extension: null, label: null }));
  if (addresses) fitted.addresses = addresses.slice(0, 1).flatMap((address) => fitAddress(address, account) ?? []);
  // There is no way to leave the year out.
  if (birthday?.startsWith('--')) fitted.birthday = null;
  if (tags) fitted.tags = uniqueTags(tags.map((tag) => tag.toLowerCase()));
  return fitted;
}

function firstPhone<Phone extends { e164: string | null }>(phones: Phone[]): Phone[] {
  const phone = phones.find(({ e164 }) => e164 !== null) ?? phones[0];
  return phone ? [phone] : [];
}

/**
 * HighLevel fills in the location's country where none is sent, and has no way to clear it: alone, it says nothing of the person,
 * and beside a place that has none, we say ours before HighLevel says its own.
 */
function fitAddress(address: PostalAddress, { defaultRegion }: Pick<GoHighLevelAccount, 'defaultRegion'>): PostalAddress | null {
  const { country, label, ...place } = address;
  if (Object.values(place).every((part) => part === null)) return null;
  return { ...place, country: country !== null && /^[A-Z]{2}$/.test(country) ? country : defaultRegion, label: null };
}
