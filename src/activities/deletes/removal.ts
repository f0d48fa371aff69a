import { leaseSeconds, releasedLease } from '#activities/contact/plan-write.ts';
import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { didNotLand, RecordBusyError } from '#activities/failures.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import { withLink } from '#contacts/open-unit.ts';
import { takeLease } from '#db/contacts/leases.ts';
import type { Link, OpenLink } from '#db/contacts/links.ts';
import { sameValues } from '#domain/equality.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { readAtVendor, removeAtVendor } from './record-at-vendor.ts';

// The removal of one record, by an approved deletion or the undo of a go-live. Its intent is stored before the vendor is called.

/** Takes the lease of the record. Throws while a write that was sent a moment ago may still land. */
export async function assertFree({ tx }: ContactUnit, { id, attempts }: OpenLink, owner: string): Promise<void> {
  const isQuiet = attempts.every(({ operation }) => operation === 'create');
  if (!isQuiet || !(await takeLease(tx, id, owner, leaseSeconds)))
    throw new RecordBusyError(`A write to the record of link ${id} may be under way`);
}

/** Takes the intent back: the record stays. */
export function linkAgain(unit: ContactUnit, link: OpenLink): void {
  unit.changeLink(link, { ...releasedLease, state: 'linked', removed_at: null });
}

interface Removing {
  linkId: string;
  cause: string;
}

/** Deletes the record. One that the vendor certainly has not deleted is linked again. */
export async function sendRemoval(deps: ActivityDeps, removing: Removing, link: Link, call: ActivityCall): Promise<void> {
  try {
    await removeAtVendor(deps, link, call);
  } catch (error) {
    if (didNotLand(error)) await withLink(deps, removing, linkAgain);
    throw error;
  }
}

/** Goes on with a removal that an earlier attempt began. A record that somebody has edited since is not removed, but returned. */
export async function resumeRemoval(
  deps: ActivityDeps,
  removing: Removing,
  link: Link,
  call: ActivityCall,
): Promise<ProviderRecord | null> {
  const record = await readAtVendor(deps, link, call);
  if (record === null) return null;
  if (!sameValues({ ...link.shadow, ...record.values }, link.shadow ?? {})) return record;
  await sendRemoval(deps, removing, { ...link, version: record.version }, call);
  return null;
}
