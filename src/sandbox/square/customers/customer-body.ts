import { z } from 'zod';
import { because } from '#sandbox/square/parse-body.ts';
import { addressParts } from './customer.ts';

/** Square docs (clearing fields): an empty text is not null. What it does today is not documented; here it is refused. */
const text = (maximum = Number.POSITIVE_INFINITY) => z.string().min(1).max(maximum).nullable().optional();

const email = z
  .string()
  .min(1)
  .max(254)
  .refine(
    (address) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address),
    because('INVALID_EMAIL_ADDRESS', 'Expected email_address to be a valid email address'),
  );

const country = z.string().refine((code) => /^[A-Z]{2}$/.test(code), because('INVALID_ENUM_VALUE', 'Expected a country code'));
const address = z.object({
  ...(Object.fromEntries(addressParts.map((part) => [part, text()])) as Record<
    (typeof addressParts)[number],
    ReturnType<typeof text>
  >),
  country: country.nullable().optional(),
});

/** Square docs (Customer): `YYYY-MM-DD` or `MM-DD`; read back with year 0000 where none is known. */
const birthday = z
  .string()
  .transform((date) => (/^\d\d-\d\d$/.test(date) ? `0000-${date}` : date))
  .refine(isDate, because('INVALID_TIME', 'Expected birthday to be a date: YYYY-MM-DD or MM-DD'));

/** Square docs (Customer), with their limits; those of note and address are not in the reference. */
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

/** The year 0000 has a 29 February: it stands for any year. */
function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const date = new Date(Date.UTC(year === '0000' ? 2_000 : Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
