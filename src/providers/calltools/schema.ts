import { z } from 'zod';

/** Contacts, tags and buckets have integer ids. We treat them as opaque text. */
const id = z.union([z.int(), z.string().min(1)]).transform(String);
const text = z.string().nullish();

/**
 * A contact. The account's own phone, email and business fields appear beside these keys under their own names.
 * No public schema exists: integrators observed this shape on live accounts.
 */
export const contact = z.looseObject({
  id,
  first_name: text,
  last_name: text,
  address: text,
  city: text,
  state: text,
  zip_code: text,
  country: text,
  do_not_contact: z.boolean().nullish(),
  tags: z.array(id).optional(),
  buckets: z.array(id).optional(),
  _phone_numbers: z.array(z.object({ phone_number: text, do_not_contact: z.boolean().nullish() })).optional(),
  updated_on: text,
});
export type CallToolsContact = z.infer<typeof contact>;

/** The response to a create in an account that merges duplicates into existing contacts. */
const duplicates = z.object({ duplicate_contacts: z.array(id).min(1) });
export const createResponse = z.union([contact, duplicates]);

/** A tag or bucket. */
export const named = z.object({ id, name: z.string() });
export type Named = z.infer<typeof named>;

/** The schema of a page of rows. CallTools docs: every list is paginated. */
export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.object({ count: z.int(), next: z.string().nullable(), results: z.array(row) });
}
