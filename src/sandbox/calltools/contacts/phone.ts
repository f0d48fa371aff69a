import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

export interface PhoneRules {
  /** Accepts numbers that cannot be assigned, such as 202-555-0143 and 222-222-2222. The real dialer refuses them. */
  allowFictionalPhones: boolean;
}

/** North American numbers: area code and exchange do not start with 0 or 1. */
const northAmerican = /^\+1[2-9]\d{2}[2-9]\d{6}$/;
const fictionalExchange = /^\+1\d{3}555\d{4}$/;
const repeatedDigit = /^\+1(\d)\1{9}$/;

/** Returns E.164, or null if the dialer answers 400. A number without country code is a US number. */
export function toDialable(raw: string, rules: PhoneRules): string | null {
  const parsed = parsePhoneNumberFromString(raw, 'US');
  if (!parsed?.isPossible()) return null;
  if (parsed.number.startsWith('+1') && !northAmerican.test(parsed.number)) return null;
  if (rules.allowFictionalPhones) return parsed.number;
  // Seen by an integrator, not documented: +12222222222, 555 numbers and unassigned numbers are refused.
  const fictional = fictionalExchange.test(parsed.number) || repeatedDigit.test(parsed.number);
  return fictional || !parsed.isValid() ? null : parsed.number;
}
