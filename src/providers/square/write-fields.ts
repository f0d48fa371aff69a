import type { CallOptions, ProviderRecord } from '#providers/provider.ts';
import type { Directory } from './client.ts';
import { type CustomerFields, toRecord } from './mapping.ts';
import { updateOperation } from './refusals.ts';
import { customerAnswer } from './schema.ts';

/** By their names in Square's errors: a refusal may say which it was. */
export const sentFields = {
  given_name: true,
  family_name: true,
  company_name: true,
  email_address: true,
  phone_number: true,
  address: true,
  birthday: true,
  note: true,
};

/**
 * Changes these fields of a customer and leaves the others. Without a version, the last write wins (Square docs, optimistic
 * concurrency).
 */
export async function writeFields(
  { call, account }: Directory,
  externalId: string,
  fields: CustomerFields,
  options: CallOptions & { version: string | null },
): Promise<ProviderRecord> {
  const { version } = options;
  const change = { ...fields, customerId: externalId, ...(version !== null && { version: BigInt(version) }) };
  const { customer } = await call(
    { operation: updateOperation, body: sentFields, run: (customers, request) => customers.update(change, request) },
    customerAnswer,
    options,
  );
  return toRecord(customer, account);
}
