import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';

/**
 * Square docs (Customer; forum 20906): 9 to 16 digits, with or without `+`. Country code and length are checked, not whether the number
 * is in use. The country of a number without `+` is not documented; the sandbox assumes the seller's.
 */
export function isPhone(text: string, country: string): boolean {
  const digits = text.replace(/\D/g, '').length;
  return digits >= 9 && digits <= 16 && toE164(text, country) !== undefined;
}

/** For searches only: a profile keeps the number as it was sent. */
export function toE164(text: string, country: string): string | undefined {
  if (!/^\+?[\d\s().-]+$/.test(text)) return undefined;
  const phone = parsePhoneNumberFromString(text, isSupportedCountry(country) ? country : undefined);
  return phone?.isPossible() ? phone.number : undefined;
}
