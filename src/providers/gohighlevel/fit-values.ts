import { type FieldName, type ProviderValues, pickFields } from '#domain/contact.ts';
import { uniqueTags } from '#domain/normalize/tag.ts';
import type { PostalAddress } from '#domain/values.ts';
import type { GoHighLevelAccount } from './settings.ts';

export const fields = [
  'givenName',
  'familyName',
  'company',
  'jobTitle',
  'emails',
  'phones',
  'addresses',
  'birthday',
  'tags',
  'source',
  'doNotContact',
] as const satisfies readonly FieldName[];

/** HighLevel has no field for the job title, so it needs a custom one. */
const nativeFields = fields.filter((field) => field !== 'jobTitle');

type FittingAccount = Pick<GoHighLevelAccount, 'defaultRegion' | 'jobTitleField'>;

/**
 * HighLevel stores one email, one phone without extension and one address, all without labels, and tags in lower case. Additional
 * emails and phones exist, but only people can write them: an API call with them fails with 422 (seen by integrators). So they are
 * not part of the values.
 */
export function fitValues(values: ProviderValues, account: FittingAccount): ProviderValues {
  const fitted = pickFields(values, account.jobTitleField === undefined ? nativeFields : fields);
  const { emails, phones, addresses, birthday, tags } = fitted;
  if (emails) fitted.emails = emails.slice(0, 1).map((email) => ({ ...email, label: null }));
  if (phones) fitted.phones = pickPhone(phones).map((phone) => ({ ...phone, extension: null, label: null }));
  if (addresses) fitted.addresses = addresses.slice(0, 1).flatMap((address) => fitAddress(address, account) ?? []);
  // A date requires a year.
  if (birthday?.startsWith('--')) fitted.birthday = null;
  if (tags) fitted.tags = uniqueTags(tags.map((tag) => tag.toLowerCase()));
  return fitted;
}

/** Returns the first valid number, else the first phone. */
function pickPhone<Phone extends { e164: string | null }>(phones: Phone[]): Phone[] {
  const phone = phones.find(({ e164 }) => e164 !== null) ?? phones[0];
  return phone ? [phone] : [];
}

/**
 * HighLevel fills in the location's country for an address without one, and offers no way to clear it. So a country alone is no
 * address, and an address without a country gets the default region before HighLevel adds its own. It takes ISO codes only: an address
 * in a country that we cannot read stays out of it, because the default region would be a guess.
 */
function fitAddress(address: PostalAddress, { defaultRegion }: Pick<GoHighLevelAccount, 'defaultRegion'>): PostalAddress | null {
  const { country, label, ...place } = address;
  if (Object.values(place).every((part) => part === null)) return null;
  if (country !== null && !/^[A-Z]{2}$/.test(country)) return null;
  return { ...place, country: country ?? defaultRegion, label: null };
}
