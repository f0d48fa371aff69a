import { z } from 'zod';
import type { CallOptions } from '#providers/provider.ts';
import type { Connection } from '#providers/square/connection.ts';
import { removeOperation as operation } from '#providers/square/errors.ts';

/** Square docs (DeleteCustomer): the answer is an empty object, and with `version` a newer customer is not deleted. */
export async function removeRecord(
  { send }: Connection,
  customerId: string,
  { version, ...call }: CallOptions & { version: string | null },
): Promise<void> {
  const query = { customerId, ...(version !== null && { version: BigInt(version) }) };
  await send({ operation, request: (customers, options) => customers.delete(query, options) }, z.unknown(), call);
}
