import { z } from 'zod';
import { type Connection, contactPath } from '#providers/gohighlevel/connection.ts';
import type { CallOptions } from '#providers/provider.ts';

/** HighLevel docs (Delete Contact): `{ succeded: true }`, in their spelling. The contact's notes, tasks and appointments go with it. */
export async function removeRecord({ send }: Connection, externalId: string, call?: CallOptions): Promise<void> {
  await send({ operation: 'delete contact', method: 'DELETE', path: contactPath(externalId) }, z.unknown(), call);
}
