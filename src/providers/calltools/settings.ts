import { z } from 'zod';
import { accountNameSchema } from '#providers/account-name.ts';
import type { CustomFields, WithCustomFields } from '#providers/custom-fields.ts';
import { baseUrlSchema } from '#providers/http.ts';
import { rateSchema } from '#providers/rate-limit.ts';

export const vendor = { id: 'calltools', name: 'CallTools' };

const fieldName = z.string().regex(/^\w+$/, 'A CallTools field name has only letters, digits and underscores.');

/**
 * `accounts.calltools` in accord.yaml. Each account defines its own phone, email and business fields, and CallTools ignores
 * unknown keys. So accord.yaml names the fields, and every write checks in the response that the vendor kept the values.
 */
export const accountSchema = z.strictObject({
  name: accountNameSchema,
  // No limit is documented. Integrators report no throttling at two calls a second.
  rate: rateSchema({ requestsPerSecond: 2, burst: 2 }),
  concurrency: z.int().positive().default(2).describe('Maximum number of calls in flight.'),
  timeoutSeconds: z.number().positive().default(12).describe('Timeout of one call, from connecting to the last byte.'),
  pageSize: z.int().min(1).max(250).default(250).describe('Contacts per page of a listing.'),
  defaultRegion: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('US')
    .describe('Country of phone numbers without a country code.'),
  phoneFields: z
    .record(z.string().min(1), fieldName)
    .default({ mobile: 'mobile_phone_number', home: 'home_phone_number', work: 'office_phone_number' })
    .describe('Phone label: the contact field that stores it. An unlabelled phone takes the first free field.'),
  emailField: fieldName.default('personal_email_address').describe('The contact field that stores the email address.'),
  companyField: fieldName.optional().describe('The contact field that stores the company, if the account has one.'),
  birthdayField: fieldName.optional().describe('The contact field that stores the date of birth, if the account has one.'),
  referenceField: fieldName.optional().describe('A text contact field that stores our reference.'),
  phoneFilter: fieldName.default('phone_number').describe('The query parameter of GET /contacts/ that filters by phone number.'),
  emailFilter: fieldName.optional().describe('The query parameter that filters by email address, if the account has one.'),
  referenceFilter: fieldName.optional().describe('The query parameter that filters by our reference, if the account has one.'),
  barredNumbers: z
    .enum(['deny', 'ignore'])
    .default('deny')
    .describe(
      'Dispositions can mark single numbers as do-not-contact. When all numbers of a contact are marked: deny the contact, or ignore the marks.',
    ),
  createBuckets: z.boolean().default(false).describe('Create missing buckets.'),
  createTags: z.boolean().default(true).describe('Create missing tags.'),
});

export const secretsSchema = z.object({
  /** `https://<silo>.calltools.io/api`. The browser's address bar shows the silo after login. */
  CALLTOOLS_BASE_URL: baseUrlSchema,
  CALLTOOLS_API_KEY: z.string().min(1),
});

export type CallToolsAccount = z.infer<typeof accountSchema> & WithCustomFields;

/** By field: the contact field that accord.yaml names for it. */
export function findCustomFields({
  companyField,
  birthdayField,
  customFields,
}: Pick<CallToolsAccount, 'companyField' | 'birthdayField' | 'customFields'>): CustomFields {
  return {
    ...(companyField !== undefined && { company: companyField }),
    ...(birthdayField !== undefined && { birthday: birthdayField }),
    ...customFields,
  };
}

export type CallToolsSecrets = z.infer<typeof secretsSchema>;
