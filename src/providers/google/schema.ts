import { z } from 'zod';
import { customFieldNames, type WithCustomFields } from '#providers/custom-fields.ts';
import { scalar } from '#providers/lenient.ts';

const text = z.string().nullish();

/** The source of an item. Google docs: FieldMetadata. */
const metadata = z
  .looseObject({ primary: z.boolean().nullish(), source: z.looseObject({ type: text, id: text }).nullish() })
  .nullish();

/**
 * One value of a field. Keeps all other keys, because an update replaces the field as a whole. The keys that `mapping.ts` reads must be
 * scalars: a value that cannot be read is not an empty one.
 */
const item = z.looseObject({
  metadata,
  key: scalar,
  value: scalar,
  type: scalar,
  ...{ givenName: scalar, middleName: scalar, familyName: scalar, honorificSuffix: scalar },
  ...{ name: scalar, canonicalForm: scalar, formattedValue: scalar },
  ...{ streetAddress: scalar, extendedAddress: scalar, poBox: scalar, city: scalar, region: scalar, postalCode: scalar },
  ...{ countryCode: scalar, country: scalar },
});
const items = z.array(item).nullish();
export type Item = z.infer<typeof item>;

const source = z.looseObject({ type: text, etag: text, updateTime: text });

/** A Person with the fields of our mask. Google docs: REST resource `people`. Google omits empty fields. */
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
  userDefined: items,
});
export type Person = z.infer<typeof person>;

/** A person that `parsePerson` reads. An object without a name is another response, such as an error. */
export const anyPerson = z.looseObject({ resourceName: z.string().min(1) });

/** The fields that Accord writes. */
export const writtenFields = [
  'names',
  'organizations',
  'emailAddresses',
  'phoneNumbers',
  'addresses',
  'birthdays',
  'biographies',
] as const;
/** Google docs (UserDefined): the fields that people name themselves. Accord asks for them only where accord.yaml names one. */
const userDefined = 'userDefined';
export type WrittenField = (typeof writtenFields)[number] | typeof userDefined;
export type PersonFields = { [Field in WrittenField]?: Item[] };

/**
 * The field mask of every request of an account. It changes with accord.yaml only: an etag depends on the mask (seen in live captures),
 * and a sync token is valid only with the parameters that created it (Google docs).
 */
export function personFieldsOf({ customFields }: WithCustomFields): string {
  const own = customFieldNames(customFields).length > 0 ? [userDefined] : [];
  return [...writtenFields, 'clientData', 'metadata', ...own].join(',');
}
/** Excludes profile data: people maintain that themselves, and Accord cannot write it. */
export const sources = ['READ_SOURCE_TYPE_CONTACT'];

const datePart = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).nullish();
/** Google docs: Date. An unknown part is 0 or absent. */
export const dateParts = z.object({ year: datePart, month: datePart, day: datePart });

export const connectionsResponse = z.object({
  connections: z.array(z.unknown()).nullish(),
  nextPageToken: text,
  nextSyncToken: text,
  totalItems: z.number().nullish().catch(undefined),
});

const itemStatus = z.object({ code: z.number().nullish() }).nullish();
const personResponse = z.object({
  requestedResourceName: text,
  person: z.unknown().optional(),
  httpStatusCode: z.number().nullish(),
  status: itemStatus,
});
export type PersonResponse = z.infer<typeof personResponse>;
export const batchGetResponse = z.object({ responses: z.array(personResponse).nullish() });
export const batchCreateResponse = z.object({ createdPeople: z.array(personResponse).nullish() });
export const searchResponse = z.object({ results: z.array(z.object({ person: z.unknown().optional() })).nullish() });

/** Google docs: "Using OAuth 2.0". A refresh rarely returns a new refresh token. */
export const tokenResponse = z.object({
  access_token: z.string().min(1),
  refresh_token: text,
  /** Seconds. */
  expires_in: z.number(),
  /** The granted scopes, separated by spaces: a person may have denied some. */
  scope: text,
});

/** Google docs (people.get): `people/me` is the owner of the contacts, and its resource name has the id of the account. */
export const profileResponse = z.object({
  resourceName: z.string().regex(/^people\/./),
  names: z.array(z.object({ displayName: text })).nullish(),
});

/** google.aip.dev/193. */
const errorDetail = z.looseObject({
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
export const errorResponse = z.object({
  error: z.object({ message: text.catch(''), status: text.catch(''), details: z.array(errorDetail).nullish().catch(undefined) }),
});
export type GoogleError = z.infer<typeof errorResponse>['error'];

/** An error of the token endpoint. RFC 6749, section 5.2. */
export const tokenErrorResponse = z.object({ error: z.string() });
