import { z } from 'zod';
import { fieldTypes } from './django/field-types.ts';
import { permissions, usualPermissions } from './tokens.ts';

/** The token of a fresh sandbox: 40 hexadecimal digits, as the dialer shows once when a key is created. */
export const defaultToken = '5a11d1a1e2ca1170015000000000000000000001';

/** Behaviour that differs between accounts, or that is not known for sure. The defaults are those that integrators have seen. */
export const settingsSchema = z.strictObject({
  /** Token → permissions of its user's role. */
  tokens: z.record(z.string(), z.array(z.enum(permissions))).default({ [defaultToken]: [...usualPermissions] }),
  /** Contact fields that the account's owner has created: name → type. Some names are numbers. Other unknown keys of a body are ignored. */
  fields: z.record(z.string().regex(/^[a-z0-9_]+$/), z.enum(fieldTypes)).default({
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
  dropsPhones: z.enum(['never', 'create', 'always']).default('never'),
  listOmitsPhones: z.boolean().default(false),
  /** The effect of `POST /contacts/` for a known person. */
  duplicateMode: z.enum(['merge', 'create', 'reject']).default('merge'),
  /** The values that identify a known person. */
  duplicateKeys: z.array(z.enum(['phone', 'email'])).default(['phone']),
  /** Status of the answer to a duplicate. Only the class 2xx is known. */
  duplicateStatus: z.number().int().min(200).max(299).default(200),
  /** Allows `POST /buckets/` for every token, also without the permission `buckets.create`. */
  bucketCreateAllowed: z.boolean().default(false),
  /** `GET /contacts/?phone_number=`, E.164. A filter that is off is ignored, as in Django: the answer is the whole list. */
  phoneNumberFilter: z.boolean().default(true),
  /** `GET /contacts/?hub_contact_id=` and the like, for every account field. */
  accountFieldFilters: z.boolean().default(false),
  /** `GET /contacts/?updated_on__gte=`. */
  updatedOnFilter: z.boolean().default(false),
  /** `GET /contacts/?ordering=updated_on`. Off: ignored, the answer is in the order of ids. */
  updatedOnOrdering: z.boolean().default(true),
  /** Times in answers: ISO 8601 with microseconds as integrators saw them, or `YYYY-MM-DD HH:MM:SS` as the conventions page says. */
  timeFormat: z.enum(['microseconds', 'seconds']).default('microseconds'),
});

export type CallToolsSettings = z.output<typeof settingsSchema>;
