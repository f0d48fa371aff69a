import { z } from 'zod';
import { id, instant, text } from '#providers/lenient.ts';

/**
 * Reads an object in the SDK's spelling. The SDK's own parser (46.0.0) leaves a key with a value of another type in Square's spelling,
 * where it would pass for absent, and prints the value of some to the console. So it never sees a response.
 */
function inSdkSpelling<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value).map(([key, part]) => [
      key.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase()),
      part,
    ]);
    return Object.fromEntries(entries);
  }, schema);
}

const address = z.object({
  addressLine1: text,
  addressLine2: text,
  addressLine3: text,
  locality: text,
  sublocality: text,
  sublocality2: text,
  sublocality3: text,
  administrativeDistrictLevel1: text,
  administrativeDistrictLevel2: text,
  administrativeDistrictLevel3: text,
  postalCode: text,
  country: text,
});

/** A customer in the SDK's spelling. Every route returns the whole profile. */
const customerFields = z.object({
  id,
  version: z.union([z.bigint(), z.number(), z.string()]).nullish(),
  updatedAt: instant,
  givenName: text,
  familyName: text,
  companyName: text,
  emailAddress: text,
  phoneNumber: text,
  address: inSdkSpelling(address.nullish()),
  birthday: text,
  note: text,
  referenceId: text,
  preferences: inSdkSpelling(
    z
      .object({ emailUnsubscribed: z.boolean().nullish().catch(null) })
      .nullish()
      .catch(null),
  ),
});
export type SquareCustomer = z.infer<typeof customerFields>;
export const customer = inSdkSpelling(customerFields);

/** A customer that `parseCustomer` reads. An object without an id is another response, such as an error. */
const anyCustomer = z.looseObject({ id: z.union([z.string(), z.number()]) });

/** A 200 can have errors in place of the data (seen with SDK 46.0.0). Such a response must not pass for an empty one. */
const noErrors = z.array(z.unknown()).max(0).nullish();

export const customerResponse = z.object({ customer: anyCustomer, errors: noErrors });
/** An empty page has no `customers`, and the last page no `cursor`. */
export const pageResponse = z.object({
  customers: z.array(z.unknown()).nullish(),
  cursor: text,
  count: z.int().nullish().catch(undefined),
  errors: noErrors,
});

/** One entry of an error response, in Square's spelling. */
const problem = z.object({
  category: z.string().catch(''),
  code: z.string().catch(''),
  detail: text.catch(''),
  field: text.catch(''),
});
export type Problem = z.infer<typeof problem>;
export const errorResponse = z.object({ errors: z.array(problem) });

/** Square docs (ObtainToken). */
export const tokenResponse = z.object({
  access_token: z.string().min(1),
  refresh_token: text,
  /** ISO 8601. */
  expires_at: z.iso.datetime({ offset: true }),
  merchant_id: text,
  errors: noErrors,
});

/** Square docs (RetrieveTokenStatus). */
export const tokenStatusResponse = z.object({
  scopes: z.array(z.string()).nullish(),
  /** Absent for a token that never expires. */
  expires_at: text,
  merchant_id: z.string().min(1),
  errors: noErrors,
});

/** Square docs (RetrieveMerchant). */
export const merchantResponse = z.object({ merchant: z.object({ id: z.string(), business_name: text }), errors: noErrors });

const webhookSubscription = z.object({
  id: z.string(),
  enabled: z.boolean().nullish(),
  notification_url: text,
  event_types: z.array(z.string()).nullish(),
  signature_key: text,
});

/** Square docs (Webhook Subscriptions API). */
export const subscriptionsResponse = z.object({ subscriptions: z.array(webhookSubscription).nullish(), errors: noErrors });
export const subscriptionResponse = z.object({ subscription: webhookSubscription, errors: noErrors });

/** Square docs (CustomAttributeDefinition). `schema` is a reference to the type, or for a selection a JSON schema with the options. */
const attributeDefinition = z.object({
  key: z.string(),
  name: text,
  visibility: text,
  created_at: text,
  schema: z
    .looseObject({
      $ref: text,
      type: text,
      items: z
        .looseObject({
          enum: z.array(z.string()).nullish().catch(null),
          names: z.array(z.string()).nullish().catch(null),
        })
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
});
export type AttributeDefinition = z.infer<typeof attributeDefinition>;
export const definitionsResponse = z.object({
  custom_attribute_definitions: z.array(attributeDefinition).nullish(),
  cursor: text,
  errors: noErrors,
});

const attribute = z.object({ key: z.string(), value: z.unknown() });
export type CustomAttribute = z.infer<typeof attribute>;
export const attributesResponse = z.object({ custom_attributes: z.array(attribute).nullish(), cursor: text, errors: noErrors });

/** The answer to a deletion. */
export const emptyResponse = z.object({ errors: noErrors });

/** Square docs (BulkUpsertCustomerCustomAttributes): one entry for each key of the request. */
export const upsertResponse = z.object({
  values: z.record(z.string(), z.object({ custom_attribute: attribute.nullish(), errors: z.array(problem).nullish() })).nullish(),
  errors: noErrors,
});

/** Square docs (bulk endpoints): one entry for each key, in no particular order. */
export const bulkResponse = z.object({
  responses: z.record(z.string(), z.object({ customer: z.unknown().optional(), errors: z.array(problem).nullish() })).nullish(),
  errors: noErrors,
});
export type BulkEntry = NonNullable<z.infer<typeof bulkResponse>['responses']>[string];
