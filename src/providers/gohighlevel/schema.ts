import { z } from 'zod';

/** HighLevel omits empty fields, and returns null in some responses. */
const text = z.string().nullish();

const contactFields = {
  id: z.string().min(1),
  email: text,
  /** Strings in a search (HighLevel docs); objects in an undocumented field of a read by id (seen by integrators). */
  additionalEmails: z
    .array(z.union([z.string(), z.object({ email: text })]))
    .nullish()
    .catch(undefined),
  phone: text,
  companyName: text,
  city: text,
  state: text,
  postalCode: text,
  country: text,
  dateOfBirth: text,
  source: text,
  dnd: z.boolean().nullish(),
  dndSettings: z.record(z.string(), z.object({ status: z.string() })).nullish(),
  tags: z.array(z.string()).nullish(),
  customFields: z.array(z.object({ id: z.string(), value: z.unknown() })).nullish(),
  dateUpdated: text,
};

/** A contact in responses to reads, creates and updates. HighLevel docs, `apps/contacts.json`. */
export const contact = z.object({ ...contactFields, firstName: text, lastName: text, address1: text });
export type GoHighLevelContact = z.infer<typeof contact>;

/** A search row: the street has another key, and names exist in lower case only. HighLevel docs, Contacts Search API. */
export const searchRow = z.object({
  ...contactFields,
  address: text,
  searchAfter: z.array(z.union([z.string(), z.number()])).optional(),
});
export type SearchRow = z.infer<typeof searchRow>;

export const contactResponse = z.object({ contact });
export const searchResponse = z.object({ contacts: z.array(searchRow), total: z.number().optional() });
/** The HighLevel docs give this response no schema; integrators observed the shape. */
export const duplicateResponse = z.object({ contact: contact.nullish() });
export const tagsResponse = z.object({ tags: z.array(z.string()).optional() });

/** HighLevel docs, `apps/oauth.json`. */
export const tokenResponse = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  /** Seconds. */
  expires_in: z.number(),
});

/** An error response. With 422, `message` is a list. */
export const errorResponse = z.object({
  message: z.union([z.string(), z.array(z.string()).transform((all) => all.join('; '))]).catch(''),
  meta: z.object({ contactId: z.string().optional() }).optional().catch(undefined),
});
