import type { Connection } from '#providers/google/connection.ts';
import type { CallOptions } from '#providers/provider.ts';

/** Google docs (people.deleteContact): takes no etag, and deletes no data of the person outside of the contact. */
export async function removeRecord({ people, recent }: Connection, externalId: string, call?: CallOptions): Promise<void> {
  await people.remove(externalId, call);
  recent.forget(externalId);
}
