import { z } from 'zod';
import { baseUrlSchema } from '#providers/http.ts';
import { rateSchema } from '#providers/rate-limit.ts';

const fieldName = z.string().regex(/^\w+$/, 'A CallTools field is named in letters, digits and underscores.');

/**
 * `accounts.calltools` in accord.yaml. An account defines its own phone, email and business fields in CallTools, and CallTools
 * ignores the keys that it does not know: so they are named here, and what was written is checked in the answer.
 */
export const accountSchema = z.strictObject({
  // No limit is documented. Two a second went unthrottled wherever integrators wrote about it.
  rate: rateSchema({ requestsPerSecond: 2, burst: 2 }),
  concurrency: z.int().positive().default(2).describe('Calls under way at the same time.'),
  timeoutSeconds: z.number().positive().default(12).describe('How long one call may take, from connecting to the last byte.'),
  pageSize: z.int().min(1).max(250).default(250).describe('Contacts per page of a listing.'),
  defaultRegion: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('US')
    .describe('Country of phone numbers written without one.'),
  phoneFields: z
    .record(z.string().min(1), fieldName)
    .default({ mobile: 'mobile_phone_number', home: 'home_phone_number', work: 'office_phone_number' })
    .describe('Label of a phone: the contact field that holds it. An unlabelled phone takes the first that is free.'),
  emailField: fieldName.default('personal_email_address').describe('The contact field that holds the email address.'),
  companyField: fieldName.optional().describe('The contact field that holds the company, if the account has one.'),
  birthdayField: fieldName.optional().describe('The contact field that holds the date of birth, if the account has one.'),
  referenceField: fieldName.optional().describe('A text contact field that carries our reference.'),
  phoneFilter: fieldName.default('phone_number').describe('The query parameter of GET /contacts/ that finds a phone number.'),
  emailFilter: fieldName.optional().describe('The one that finds an email address, where that is known to work.'),
  referenceFilter: fieldName.optional().describe('The one that finds our reference, where that is known to work.'),
  barredNumbers: z
    .enum(['deny', 'ignore'])
    .default('deny')
    .describe(
      'What it says of a contact when every number of it is marked do-not-contact, as dispositions can do: no contact, or nothing.',
    ),
  createBuckets: z.boolean().default(false).describe('Create a bucket that is missing.'),
  createTags: z.boolean().default(true).describe('Create a tag that is missing.'),
});

export const secretsSchema = z.object({
  /** `https://<silo>.calltools.io/api`; the silo is in the browser's address bar after login. */
  CALLTOOLS_BASE_URL: baseUrlSchema,
  CALLTOOLS_API_KEY: z.string().min(1),
});

export type CallToolsAccount = z.infer<typeof accountSchema>;
export type CallToolsSecrets = z.infer<typeof secretsSchema>;
