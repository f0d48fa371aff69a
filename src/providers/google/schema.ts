import { z } from 'zod';

const text = z.string().nullish();

/** What Google says of where an item comes from. Google docs: FieldMetadata. */
const metadata = z
  .looseObject({ primary: z.boolean().nullish(), source: z.looseObject({ type: text, id: text }).nullish() })
  .nullish();

/** One value of a field. Everything else that stands in it is kept, because an update replaces the field as a whole. */
const item = z.looseObject({ metadata });
const items = z.array(item).nullish();
export type Item = z.infer<typeof item>;

const source = z.looseObject({ type: text, etag: text, updateTime: text });

/** A Person by our mask. Google docs: REST resource `people`. Empty fields are left out. */
export const person = z.looseObject({
  resourceName: z.string().min(1),
  etag: z.string().min(1),
  metadata: z
    .looseObject({
      sources: z.array(source).nullish(),
      previousResourceNames: z.array(z.string()).nullish(),
      deleted: z.boolean().nullish(),
    })
    .nullish(),
  names: items,
  organizations: items,
  emailAddresses: items,
  phoneNumbers: items,
  addresses: items,
  birthdays: items,
  biographies: items,
  clientData: items,
});
export type Person = z.infer<typeof person>;

/** The fields that we write. */
export const writtenFields = [
  'names',
  'organizations',
  'emailAddresses',
  'phoneNumbers',
  'addresses',
  'birthdays',
  'biographies',
] as const;
export type WrittenField = (typeof writtenFields)[number];
export type PersonFields = { [Field in WrittenField]?: Item[] };

/**
 * What every request asks for, always the same: an etag belongs to what was asked (seen in live captures), and a sync token is
 * good only for the parameters that it was made with (Google docs).
 */
export const personFields = [...writtenFields, 'clientData', 'metadata'].join(',');
/** Not what people say of themselves in their profiles: that is not ours to write. */
export const sources = ['READ_SOURCE_TYPE_CONTACT'];

export const connectionsAnswer = z.object({
  connections: z.array(person).nullish(),
  nextPageToken: text,
  nextSyncToken: text,
  totalItems: z.number().nullish(),
});

const itemStatus = z.object({ code: z.number().nullish() }).nullish();
const personResponse = z.object({
  requestedResourceName: text,
  person: person.nullish(),
  httpStatusCode: z.number().nullish(),
  status: itemStatus,
});
export type PersonResponse = z.infer<typeof personResponse>;
export const batchGetAnswer = z.object({ responses: z.array(personResponse).nullish() });
export const batchCreateAnswer = z.object({ createdPeople: z.array(personResponse).nullish() });
export const searchAnswer = z.object({ results: z.array(z.object({ person })).nullish() });

/** Google docs: "Using OAuth 2.0". A refresh seldom brings a new refresh token. */
export const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: text,
  /** Seconds. */
  expires_in: z.number(),
});

/** google.aip.dev/193. */
const detail = z.looseObject({
  reason: text.catch(undefined),
  fieldViolations: z
    .array(z.looseObject({ field: text }))
    .nullish()
    .catch(undefined),
  violations: z.array(z.unknown()).nullish().catch(undefined),
  contactErrors: z
    .record(z.string(), z.looseObject({ code: z.number().nullish() }))
    .nullish()
    .catch(undefined),
});
export const errorAnswer = z.object({
  error: z.object({ message: text.catch(''), status: text.catch(''), details: z.array(detail).nullish().catch(undefined) }),
});
/** The token endpoint's. RFC 6749, section 5.2. */
export const tokenError = z.object({ error: z.string() });
