import { z } from 'zod';

/** What is empty is absent (Square docs, samples); the SDK passes a null on. */
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

/** A customer as the SDK gives it, in its spelling: from every route the whole profile. */
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

/** A 200 may hold errors instead of what was asked for, which must not pass for an empty answer (seen with the SDK 46.0.0). */
const noErrors = z.array(z.unknown()).max(0).nullish();

export const customerAnswer = z.object({ customer, errors: noErrors });
/** Without matches there is no `customers`, on the last page no `cursor`. */
export const pageAnswer = z.object({
  customers: z.array(customer).nullish(),
  cursor: text,
  count: z.bigint().nullish(),
  errors: noErrors,
});

/** One entry of an error answer, in Square's spelling. */
const problem = z.object({
  category: z.string().catch(''),
  code: z.string().catch(''),
  detail: text.catch(''),
  field: text.catch(''),
});
export type Problem = z.infer<typeof problem>;
export const errorAnswer = z.object({ errors: z.array(problem) });

/** Square docs (bulk endpoints): an answer for each key, in no certain order. */
export const bulkAnswer = z.object({
  responses: z.record(z.string(), z.object({ customer: customer.optional(), errors: z.array(problem).nullish() })).nullish(),
  errors: noErrors,
});
export type BulkEntry = NonNullable<z.infer<typeof bulkAnswer>['responses']>[string];
