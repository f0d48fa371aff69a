import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

export interface PhoneRules {
  /** Numbers that nobody can have, such as 202-555-0143 and 222-222-2222. The real dialer refuses them. */
  allowFictionalPhones: boolean;
}

/** North American numbers: neither the area code nor the exchange begins with 0 or 1. */
const northAmerican = /^\+1[2-9]\d{2}[2-9]\d{6}$/;
const fictionalExchange = /^\+1\d{3}555\d{4}$/;
const repeatedDigit = /^\+1(\d)\1{9}$/;

/** E.164, or null where the dialer would answer 400. Numbers without a country code are read as US ones. */
export function toDialable(raw: string, rules: PhoneRules): string | null {
  const parsed = parsePhoneNumberFromString(raw, 'US');
  if (!parsed?.isPossible()) return null;
  if (parsed.number.startsWith('+1') && !northAmerican.test(parsed.number)) return null;
  if (rules.allowFictionalPhones) return parsed.number;
  // Seen by an integrator, not documented: +12222222222, 555 numbers and numbers no carrier has are refused.
  const fictional = fictionalExchange.test(parsed.number) || repeatedDigit.test(parsed.number);
  return fictional || !parsed.isValid() ? null : parsed.number;
}
