import { z } from 'zod';
import { denial, id, instant, text, texts } from '#providers/lenient.ts';

/**
 * HighLevel's specification requires no field of a contact, and live responses type some differently than it does: `dateOfBirth` as
 * epoch milliseconds, `postalCode` as a number, `dnd` as null or text (highlevel-api-docs issue 314). So reads accept any scalar.
 */
const contactFields = {
  id,
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
  dateOfBirth: z.union([z.string(), z.number()]).nullish(),
  source: text,
  dnd: denial,
  dndSettings: z.union([
    z.record(z.string(), z.looseObject({ status: text }).nullish()),
    // An empty object, as a vendor's PHP or Ruby writes it.
    z
      .array(z.unknown())
      .max(0)
      .transform(() => null),
    z.null().optional(),
  ]),
  tags: texts.nullish(),
  customFields: z.array(z.object({ id: text, value: z.unknown().optional() })).nullish(),
  dateUpdated: instant,
};

/** A contact in responses to reads, creates and updates. HighLevel docs, `apps/contacts.json`. */
export const contact = z.object({ ...contactFields, firstName: text, lastName: text, address1: text });
export type GoHighLevelContact = z.infer<typeof contact>;

/** A search row: the street has another key, and names exist in lower case only. HighLevel docs, Contacts Search API. */
export const searchRow = z.object({ ...contactFields, address: text });
export type SearchRow = z.infer<typeof searchRow>;

/** The sort value and id of a contact, which HighLevel returns on each row. */
export const searchAfter = z.array(z.union([z.string(), z.number(), z.null()]));

/** Responses with contacts that `readRow` and `readRows` read one by one. */
export const contactResponse = z.object({ contact: z.unknown().optional() });
export const searchResponse = z.object({ contacts: z.array(z.unknown()), total: z.number().nullish().catch(undefined) });
/** The HighLevel docs give this response no schema; integrators observed the shape. */
export const duplicateResponse = z.object({ contact: z.unknown().optional() });
export const tagsResponse = z.object({ tags: z.array(z.unknown()).nullish().catch(undefined) });

const note = z.object({ id: z.string().min(1), body: text });
export const noteResponse = z.object({ note });
export const notesResponse = z.object({ notes: z.array(z.unknown()).nullish() });
/** One row of `notesResponse`: a row without an id is none of ours. */
export const noteRow = note;

/** Texts by the published samples; the kinds with pictures have objects. */
const options = z.array(z.union([z.string(), z.object({ label: z.string() }).transform(({ label }) => label)]));
/** HighLevel docs, `apps/locations.json`. */
export const customFieldsResponse = z.object({
  customFields: z.array(
    z.object({
      id,
      name: text,
      fieldKey: text,
      dataType: text.catch(null),
      picklistOptions: options.nullable().catch(null).default(null),
    }),
  ),
});
export type CustomFieldDefinition = z.infer<typeof customFieldsResponse>['customFields'][number];

/** HighLevel docs, `apps/oauth.json`. */
export const tokenResponse = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  /** Seconds. */
  expires_in: z.number(),
  /** Separated by spaces. */
  scope: text,
  /** Absent when a person chose an agency instead of a location. */
  locationId: text,
});

/** HighLevel docs, `apps/locations.json`. */
export const locationResponse = z.object({ location: z.object({ id, name: text }) });

/** An error response. With 422, `message` is a list. */
export const errorResponse = z.object({
  message: z.union([z.string(), z.array(z.string()).transform((all) => all.join('; '))]).catch(''),
  meta: z.object({ contactId: z.string().optional() }).optional().catch(undefined),
});
