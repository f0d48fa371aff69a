import { z } from 'zod';

/** Integers for contacts, tags and buckets; kept as text, for they mean nothing to us. */
const id = z.union([z.int(), z.string().min(1)]).transform(String);
const text = z.string().nullish();

/**
 * A contact. Phones, emails and business fields are defined by the account and stand beside these under its own names.
 * No schema is public: this is what integrations against live accounts have read.
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

/** What a create answers where the account folds duplicates into what it has. */
const duplicates = z.object({ duplicate_contacts: z.array(id).min(1) });
export const createAnswer = z.union([contact, duplicates]);

export const named = z.object({ id, name: z.string() });
export type Named = z.infer<typeof named>;

/** CallTools docs: every list comes in pages. */
export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.object({ count: z.int(), next: z.string().nullable(), results: z.array(row) });
}
