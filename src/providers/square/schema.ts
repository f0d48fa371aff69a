import { z } from 'zod';

/** Square omits empty fields (Square docs, samples); the SDK passes nulls through. */
const text = z.string().nullish();

const address = z.object({
  addressLine1: text,
  addressLine2: text,
  addressLine3: text,
  locality: text,
  administrativeDistrictLevel1: text,
  postalCode: text,
  country: text,
});

/** A customer in the SDK's spelling. Every route returns the whole profile. */
export const customer = z.object({
  id: z.string().min(1),
  version: z.bigint().nullish(),
  updatedAt: text,
  givenName: text,
  familyName: text,
  companyName: text,
  emailAddress: text,
  phoneNumber: text,
  address: address.nullish(),
  birthday: text,
  note: text,
  referenceId: text,
});
export type SquareCustomer = z.infer<typeof customer>;

/** A 200 can have errors in place of the data (seen with SDK 46.0.0). Such a response must not pass for an empty one. */
const noErrors = z.array(z.unknown()).max(0).nullish();

export const customerResponse = z.object({ customer, errors: noErrors });
/** An empty page has no `customers`, and the last page no `cursor`. */
export const pageResponse = z.object({
  customers: z.array(customer).nullish(),
  cursor: text,
  count: z.bigint().nullish(),
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

/** Square docs (bulk endpoints): one entry for each key, in no particular order. */
export const bulkResponse = z.object({
  responses: z.record(z.string(), z.object({ customer: customer.optional(), errors: z.array(problem).nullish() })).nullish(),
  errors: noErrors,
});
export type BulkEntry = NonNullable<z.infer<typeof bulkResponse>['responses']>[string];
