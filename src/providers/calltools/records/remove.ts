import { z } from 'zod';
import { type Connection, contactPath } from '#providers/calltools/connection.ts';
import type { CallOptions } from '#providers/provider.ts';

/** The CallTools API answers 204 without a body. The contact leaves its buckets with it. */
export async function removeRecord({ send }: Connection, externalId: string, call?: CallOptions): Promise<void> {
  await send({ operation: 'delete contact', method: 'DELETE', path: contactPath(externalId) }, z.unknown(), call);
}
