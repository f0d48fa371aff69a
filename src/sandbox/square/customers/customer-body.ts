import { z } from 'zod';
import { withCode } from '#sandbox/square/parse-body.ts';

/** Square docs (clearing fields): an empty text is not null. Its present effect is not documented; the sandbox refuses it. */
const text = (maxLength = Number.POSITIVE_INFINITY) => z.string().min(1).max(maxLength).nullable().optional();

const email = z
  .string()
  .min(1)
  .max(254)
  .refine(
    (address) => /^[^\s@.]+(\.[^\s@.]+)*@[^\s@.]+(\.[^\s@.]+)+$/.test(address),
    withCode('INVALID_EMAIL_ADDRESS', 'Expected email_address to be a valid email address'),
  );

const country = z.string().refine((code) => /^[A-Z]{2}$/.test(code), withCode('INVALID_ENUM_VALUE', 'Expected a country code'));
/** Square docs (Address). `first_name` and `last_name` are ignored on writes. */
const address = z.object({
  address_line_1: text(),
  address_line_2: text(),
  address_line_3: text(),
  locality: text(),
  sublocality: text(),
  sublocality_2: text(),
  sublocality_3: text(),
  administrative_district_level_1: text(),
  administrative_district_level_2: text(),
  administrative_district_level_3: text(),
  postal_code: text(),
  country: country.nullable().optional(),
});

/** Square docs (Customer): `YYYY-MM-DD` or `MM-DD`. The answer has the year 0000 if it is unknown. */
const birthday = z
  .string()
  .transform((date) => (/^\d\d-\d\d$/.test(date) ? `0000-${date}` : date))
  .refine(isDate, withCode('INVALID_TIME', 'Expected birthday to be a date: YYYY-MM-DD or MM-DD'));

/** Square docs (Customer), with their limits. The reference has none for note and address. */
export const customerFields = z.object({
  given_name: text(300),
  family_name: text(300),
  company_name: text(500),
  nickname: text(100),
  email_address: email.nullable().optional(),
  phone_number: text(),
  address: address.nullable().optional(),
  birthday: birthday.nullable().optional(),
  reference_id: text(100),
  note: text(),
  tax_ids: z.object({ eu_vat: text() }).nullable().optional(),
});
export type CustomerFields = z.output<typeof customerFields>;

export const createBody = customerFields.extend({ idempotency_key: z.string().optional() });
export const updateBody = customerFields.extend({ version: z.int().optional() });

/** 29 February is valid in the year 0000, which means any year. */
function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const date = new Date(Date.UTC(year === '0000' ? 2_000 : Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
