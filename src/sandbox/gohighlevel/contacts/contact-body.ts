import { z } from 'zod';

const text = z.string().optional();
const nullableText = z.string().nullable().optional();
const channel = z.strictObject({ status: z.enum(['active', 'inactive', 'permanent']), message: text, code: text });
const inboundChannel = z.strictObject({ status: z.enum(['active', 'inactive']), message: text });

const customField = z
  .strictObject({ id: text, key: text, field_value: z.unknown() })
  .refine(({ id, key }) => id !== undefined || key !== undefined, 'id or key should not be empty');

const dateOfBirth = z
  .string()
  .nullable()
  .optional()
  .refine((date) => !date || toIsoDate(date) !== null, 'must be a valid date')
  .transform((date) => (date ? toIsoDate(date) : date));

/** Accepted by create, upsert and update. HighLevel docs: apps/contacts.json. */
const common = {
  firstName: nullableText,
  lastName: nullableText,
  name: nullableText,
  email: nullableText,
  phone: nullableText,
  address1: nullableText,
  city: nullableText,
  state: nullableText,
  website: nullableText,
  timezone: nullableText,
  postalCode: text,
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be a valid ISO 3166-1 alpha-2 code')
    .optional(),
  dateOfBirth,
  dnd: z.boolean().optional(),
  dndSettings: z.partialRecord(z.enum(['Call', 'Email', 'SMS', 'WhatsApp', 'GMB', 'FB']), channel).optional(),
  inboundDndSettings: z.strictObject({ all: inboundChannel }).optional(),
  tags: z.array(z.string()).optional(),
  customFields: z.array(customField).optional(),
};

const creatable = { ...common, companyName: nullableText, gender: text, source: text, assignedTo: text };
const locationId = z.string().min(1, 'should not be empty');

export const createBody = z.strictObject({ ...creatable, locationId });

/** Requires an email or a phone. Integrators report a refusal; HighLevel documents neither the rule nor its status. */
export const upsertBody = z
  .strictObject({ ...creatable, locationId, createNewIfDuplicateAllowed: z.boolean().default(false) })
  .refine(({ email, phone }) => Boolean(email || phone), 'email or phone should not be empty');

/**
 * HighLevel docs: the update refuses `locationId` and `gender`. Its published schema lacks `companyName`, which it accepts live
 * (api-docs issue 314).
 */
export const updateBody = z.strictObject({
  ...common,
  companyName: nullableText,
  source: nullableText,
  assignedTo: nullableText,
});

export const tagsBody = z.strictObject({ tags: z.array(z.string()) });

export const bulkTagsBody = z.strictObject({
  contacts: z.array(z.string()),
  tags: z.array(z.string()),
  locationId,
  removeAllTags: z.boolean().default(false),
});

type ContactUpdate = z.output<typeof updateBody>;
/** The contact's fields in the body of any write. */
export type ContactFields = Partial<Omit<z.output<typeof createBody>, 'locationId' | keyof ContactUpdate>> &
  Partial<ContactUpdate>;

/** HighLevel docs: `YYYY-MM-DD` and `MM/DD/YYYY`, with `/ - . _` between the parts. */
function toIsoDate(input: string): string | null {
  const [, year, month, day] = /^(\d{4})[/\-._](\d{1,2})[/\-._](\d{1,2})/.exec(input) ?? [];
  const [, usMonth, usDay, usYear] = /^(\d{1,2})[/\-._](\d{1,2})[/\-._](\d{4})$/.exec(input) ?? [];
  const iso = `${year ?? usYear}-${(month ?? usMonth)?.padStart(2, '0')}-${(day ?? usDay)?.padStart(2, '0')}`;
  return Number.isNaN(Date.parse(iso)) ? null : iso;
}
