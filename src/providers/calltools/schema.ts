import { z } from 'zod';
import { denial, id, scalar, text } from '#providers/lenient.ts';
import { type CallToolsAccount, findCustomFields } from './settings.ts';

/** Some accounts answer memberships as objects (assumption). */
const member = z.union([id, z.looseObject({ id }).transform((entry) => entry.id)]);
const members = z
  .array(member)
  .nullish()
  .transform((ids) => ids ?? undefined);

/**
 * A contact. The account's own phone, email and business fields appear beside these keys under their own names; `contactOf` checks
 * them. No public schema exists: integrators observed this shape on live accounts. So reads accept any scalar.
 */
const contact = z.looseObject({
  id,
  first_name: text,
  last_name: text,
  address: text,
  city: text,
  state: text,
  zip_code: text,
  country: text,
  do_not_contact: denial,
  tags: members,
  buckets: members,
  _phone_numbers: z.array(z.looseObject({ phone_number: text, do_not_contact: denial })).nullish(),
  updated_on: text,
});
export type CallToolsContact = z.infer<typeof contact>;

/** The schema of a contact with the account's fields, which must be scalars. */
export function contactOf(account: CallToolsAccount): z.ZodType<CallToolsContact> {
  const { phoneFields, emailField, referenceField } = account;
  const own = [...Object.values(phoneFields), emailField, ...Object.values(findCustomFields(account)), referenceField];
  return contact.superRefine((row, context) => {
    for (const field of own) {
      if (field !== undefined && !scalar.safeParse(row[field]).success) {
        context.addIssue({ code: 'custom', path: [field], input: row[field] });
      }
    }
  });
}

/** The response to a create in an account that merges duplicates into existing contacts. */
const duplicates = z.object({ duplicate_contacts: z.array(id).min(1) });
/** A contact that `parseContact` reads. An object without an id is another response, such as an error. */
export const anyContact = z.looseObject({ id: z.union([z.string(), z.number()]) });
export const createResponse = z.union([duplicates, anyContact]);

/** A tag or bucket. */
export const named = z.object({ id, name: z.union([z.string().min(1), z.number()]).transform(String) });
export type Named = z.infer<typeof named>;

/** A page of rows, which are read one by one. CallTools docs: every list is paginated. */
export const page = z.object({
  count: z.int().nullish().catch(undefined),
  next: z.string().nullish(),
  results: z.array(z.unknown()),
});
