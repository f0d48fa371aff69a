import { z } from 'zod';
import { fieldTypes } from './django/field-types.ts';
import { permissions, usualPermissions } from './tokens.ts';

/** The token that a fresh sandbox knows: 40 hexadecimal digits, as the dialer shows once when a key is made. */
export const defaultToken = '5a11d1a1e2ca1170015000000000000000000001';

/** What differs from account to account, or is not known for sure. Defaults are what integrators have seen. */
export const settingsSchema = z.strictObject({
  /** Token → what the role of its user may do. */
  tokens: z.record(z.string(), z.array(z.enum(permissions))).default({ [defaultToken]: [...usualPermissions] }),
  /** Contact fields that the account's owner made: name → type. All other unknown keys of a body are ignored. */
  fields: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.enum(fieldTypes)).default({
    mobile_phone_number: 'phone',
    home_phone_number: 'phone',
    office_phone_number: 'phone',
    personal_email_address: 'email',
    company_name: 'text',
    birthday: 'date',
    hub_contact_id: 'text',
  }),
  /** Accept 555 numbers and repeated digits, which the real dialer refuses. */
  allowFictionalPhones: z.boolean().default(true),
  /** Rows of `GET /contacts/` come without phone data; `GET /contacts/{id}/` has it. */
  listOmitsPhones: z.boolean().default(false),
  /** What `POST /contacts/` does with someone it knows. */
  duplicateMode: z.enum(['merge', 'create', 'reject']).default('merge'),
  /** What makes two contacts the same person. */
  duplicateKeys: z.array(z.enum(['phone', 'email'])).default(['phone']),
  /** Status of the answer to a duplicate. It is 2xx; which one is not known. */
  duplicateStatus: z.number().int().min(200).max(299).default(200),
  /** `POST /buckets/` for every token, not just for those with the permission `buckets.create`. */
  bucketCreateAllowed: z.boolean().default(false),
  /** `GET /contacts/?phone_number=`, E.164. A filter that is off is ignored, as Django does: the answer is the whole list. */
  phoneNumberFilter: z.boolean().default(true),
  /** `GET /contacts/?hub_contact_id=` and the like, for every account field. */
  accountFieldFilters: z.boolean().default(false),
  /** `GET /contacts/?updated_on__gte=`. */
  updatedOnFilter: z.boolean().default(false),
  /** `GET /contacts/?ordering=updated_on`. Off: ignored, the answer is in the order of ids. */
  updatedOnOrdering: z.boolean().default(true),
  /** Times of replies: ISO 8601 with microseconds as integrators saw them, or `YYYY-MM-DD HH:MM:SS` as the conventions page has it. */
  timeFormat: z.enum(['microseconds', 'seconds']).default('microseconds'),
});

export type CallToolsSettings = z.output<typeof settingsSchema>;
