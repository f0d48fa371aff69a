import type { ActivityCall, ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import { listAliased, removeAliases } from '#db/contacts/link-aliases.ts';
import { NotFoundError, UnreadableRecordError } from '#providers/errors.ts';

const concurrentReads = 8;

/**
 * Of listed ids, those that a merge at the vendor replaced lead to the merged record. Where the vendor has restored such a record, as by an
 * unmerge, its id is released, so that the record gets a link of its own. Only a read by id tells: a listing may lag behind the merge, and
 * then the id goes on leading to the merged record. Returns those ids, whose rows say nothing.
 */
export async function releaseRestored(
  deps: ActivityDeps,
  { provider, client }: Pick<ConnectedProvider, 'provider' | 'client'>,
  externalIds: readonly string[],
  call: ActivityCall,
): Promise<Set<string>> {
  const aliased = await listAliased(deps.db, { provider: provider.id, accountId: client.accountId, externalIds });
  const restored = new Set<string>();
  await mapConcurrently(aliased, concurrentReads, async (externalId) => {
    if (await isThere(client, externalId, call)) restored.add(externalId);
  });
  await removeAliases(deps.db, { provider: provider.id, accountId: client.accountId, externalIds: [...restored] });
  return new Set(aliased).difference(restored);
}

/** Whether the id is that of a record. Some vendors answer with the merged record instead. */
async function isThere(client: ConnectedProvider['client'], externalId: string, call: ActivityCall): Promise<boolean> {
  try {
    return (await client.read(externalId, call)).externalId === externalId;
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof UnreadableRecordError) return false;
    throw error;
  }
}
