import { z } from 'zod';

/** HighLevel leaves empty fields out, and writes null in some answers. */
const text = z.string().nullish();

const contactFields = {
  id: z.string().min(1),
  email: text,
  /** Texts in a search (HighLevel docs); objects by id, where no document names them (seen by integrators). */
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

/** A contact by id, and as create and update answer with it. HighLevel docs, `apps/contacts.json`. */
export const contact = z.object({ ...contactFields, firstName: text, lastName: text, address1: text });
export type GoHighLevelContact = z.infer<typeof contact>;

/** A row of a search: the street has another name, and there are no names but in lower case. HighLevel docs, Contacts Search API. */
export const searchRow = z.object({
  ...contactFields,
  address: text,
  searchAfter: z.array(z.union([z.string(), z.number()])).optional(),
});
export type SearchRow = z.infer<typeof searchRow>;

export const contactAnswer = z.object({ contact });
export const searchAnswer = z.object({ contacts: z.array(searchRow), total: z.number().optional() });
/** The documents give this answer no schema; the shape was seen by integrators. */
export const duplicateAnswer = z.object({ contact: contact.nullish() });
export const tagsAnswer = z.object({ tags: z.array(z.string()).optional() });

/** HighLevel docs, `apps/oauth.json`. */
export const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  /** Seconds. */
  expires_in: z.number(),
});

/** An error body. `message` is a list with 422. */
export const errorAnswer = z.object({
  message: z.union([z.string(), z.array(z.string()).transform((all) => all.join('; '))]).catch(''),
  meta: z.object({ contactId: z.string().optional() }).optional().catch(undefined),
});
