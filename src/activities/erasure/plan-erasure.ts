import type { ActivityDeps } from '#activities/deps.ts';
import { isAtVendor, listLinksOf } from '#contacts/erasure/begin-erasure.ts';
import type { Database } from '#db/database.ts';
import { addErasureRecords, type Erasure, getErasure, listOpenRecords, saveOpen } from '#db/erasure/erasures.ts';
import { findPerson } from '#db/personal-data/find-person.ts';
import { listAccounts } from '#db/sync/account-modes.ts';

export interface ErasurePlan {
  /** Accounts with records to delete, that can be called now. */
  providers: string[];
}

/** Lists the accounts that still have records of the person. Those that cannot be called say why. */
export async function planErasure(deps: ActivityDeps, { erasureId }: { erasureId: string }): Promise<ErasurePlan> {
  const { db } = deps;
  const erasure = await getErasure(db, erasureId);
  if (erasure.state === 'completed') return { providers: [] };
  await addNewRecords(db, deps, erasure);
  const records = await listOpenRecords(db, erasureId);
  const modes = new Map((await listAccounts(db)).map(({ provider, mode }) => [provider, mode]));
  const providers: string[] = [];
  for (const provider of new Set(records.map((record) => record.provider))) {
    const obstacle = findObstacle(deps, provider, modes.get(provider) === 'paused');
    if (obstacle === null) providers.push(provider);
    else await saveOpen(db, { erasureId, provider }, { error: obstacle, at: deps.now() });
  }
  return { providers };
}

/** A write that was under way may have made a record since the erasure began. */
export async function addNewRecords(tx: Database, deps: ActivityDeps, { id, contact_id }: Erasure): Promise<void> {
  const person = await findPerson(tx, contact_id);
  const links = await listLinksOf(tx, person);
  await addErasureRecords(
    tx,
    id,
    links.filter((link) => isAtVendor(deps, link, person)),
  );
}

function findObstacle({ providers }: ActivityDeps, provider: string, isPaused: boolean): string | null {
  if (!providers.has(provider)) return `${provider} is not connected: accord connect ${provider}, then accord erasures --retry.`;
  return isPaused ? `Writing to ${provider} is paused: accord resume ${provider}, then accord erasures --retry.` : null;
}
