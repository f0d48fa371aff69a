import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';

/**
 * Square docs (Customer; forum 20906): 9 to 16 digits, with or without `+`; looked at for country code and length, not for
 * whether it is in use. Which country counts without `+` is not documented; here the seller's does.
 */
export function isPhone(text: string, country: string): boolean {
  const digits = text.replace(/\D/g, '').length;
  return digits >= 9 && digits <= 16 && toE164(text, country) !== undefined;
}

/** For searches alone: a profile keeps the number as it was sent. */
export function toE164(text: string, country: string): string | undefined {
  if (!/^\+?[\d\s().-]+$/.test(text)) return undefined;
  const phone = parsePhoneNumberFromString(text, country as CountryCode);
  return phone?.isPossible() ? phone.number : undefined;
}
