import type { AcceptedItems } from '#domain/accepted-items.ts';
import { type FieldName, type ProviderValues, pickFields } from '#domain/contact.ts';
import { isEmailAddress } from '#domain/normalize/email.ts';
import { uniqueTags } from '#domain/normalize/tag.ts';
import type { PostalAddress } from '#domain/values.ts';
import { customFieldNames } from '#providers/custom-fields.ts';
import { findCustomFields } from './custom-fields.ts';
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
export const customOnly = ['jobTitle'] as const satisfies readonly FieldName[];
const nativeFields = fields.filter((field) => !customOnly.some((only) => only === field));

type FittingAccount = Pick<GoHighLevelAccount, 'defaultRegion' | 'jobTitleField' | 'customFields'>;

/**
 * HighLevel takes country codes only. It does not document what it does with other texts in the place of an email address or phone
 * number, so it gets none.
 */
export const acceptedItems: AcceptedItems = {
  emails: ({ address }) => isEmailAddress(address),
  phones: ({ e164 }) => e164 !== null,
  addresses: ({ country }) => country === null || /^[A-Z]{2}$/.test(country),
};

/**
 * HighLevel stores one email, one phone without extension and one address, all without labels, and tags in lower case. Additional
 * emails and phones exist, but only people can write them: an API call with them fails with 422 (seen by integrators). So they are
 * not part of the values.
 */
export function fitValues(values: ProviderValues, account: FittingAccount): ProviderValues {
  const fitted = pickFields(values, [...nativeFields, ...customFieldNames(findCustomFields(account))]);
  const { emails, phones, addresses, birthday, tags } = fitted;
  if (emails) fitted.emails = emails.slice(0, 1).map((email) => ({ ...email, label: null }));
  if (phones) fitted.phones = phones.slice(0, 1).map((phone) => ({ ...phone, extension: null, label: null }));
  if (addresses) fitted.addresses = addresses.slice(0, 1).flatMap((address) => fitAddress(address, account) ?? []);
  // A date requires a year.
  if (birthday?.startsWith('--')) fitted.birthday = null;
  if (tags) fitted.tags = uniqueTags(tags.map((tag) => tag.toLowerCase()));
  return fitted;
}

/**
 * HighLevel fills in the location's country for an address without one, and offers no way to clear it. So a country alone is no
 * address, and an address without a country gets the default region before HighLevel adds its own.
 */
function fitAddress(address: PostalAddress, { defaultRegion }: Pick<GoHighLevelAccount, 'defaultRegion'>): PostalAddress | null {
  const { country, label, ...place } = address;
  if (Object.values(place).every((part) => part === null)) return null;
  return { ...place, country: country ?? defaultRegion, label: null };
}
