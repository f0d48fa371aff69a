import { leaseSeconds } from '#activities/contact/plan-write.ts';
import { removeAtVendor } from '#activities/deletes/record-at-vendor.ts';
import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { lockContact } from '#db/contacts/contacts.ts';
import { releaseLease, takeLease } from '#db/contacts/leases.ts';
import { getExternalId, getLink, type Link, listOpenLinks, type OpenLink, saveLink } from '#db/contacts/links.ts';
import { type ErasureRecord, saveProof } from '#db/erasure/erasures.ts';
import { NotFoundError } from '#providers/errors.ts';
import { settleIntent } from './settle-intent.ts';

/** A record that cannot be deleted yet: the message says why, in one sentence. It is tried again. */
export class StillOpenError extends Error {}

/**
 * Deletes one record, and proves by a read that it is gone. May be repeated after a crash at any point: a record that is not there was
 * deleted by an earlier attempt, whose answer was lost.
 */
export async function eraseRecord(deps: ActivityDeps, record: ErasureRecord, call: ActivityCall): Promise<void> {
  const owner = `erasure/${record.erasure_id}`;
  const link = await claim(deps, record, owner);
  try {
    const linked = link.state === 'intent' ? await settle(deps, record, link, call) : link;
    if (linked === null) return;
    if (record.called_at === null || (await findAbsence(deps, linked, call)) === null) await remove(deps, record, linked, call);
    await verify(deps, record, linked, call);
  } finally {
    await releaseLease(deps.db, link.id, owner);
  }
}

/** Waits for the end of a write that is under way, and makes the vendor's webhook about the deletion one about our own. */
function claim(deps: ActivityDeps, { link_id: linkId }: ErasureRecord, owner: string): Promise<OpenLink> {
  return deps.db.transaction().execute(async (tx) => {
    const { contact_id: contactId } = await getLink(tx, linkId);
    const { id } = await lockContact(tx, contactId);
    if (!(await takeLease(tx, linkId, owner, leaseSeconds)))
      throw new StillOpenError('A write to the record is under way: Accord deletes it when that has ended.');
    const link = (await listOpenLinks(tx, id)).find((each) => each.id === linkId);
    if (!link) throw new StillOpenError('The record has just got another contact: Accord tries again.');
    if (link.state !== 'linked') return link;
    const change = { state: 'detached', removed_at: deps.now() } as const;
    await saveLink(tx, linkId, change);
    return { ...link, ...change };
  });
}

/** The link with the record that a create made, to be deleted; null when no create made one. */
async function settle(deps: ActivityDeps, record: ErasureRecord, link: OpenLink, call: ActivityCall): Promise<Link | null> {
  const settled = await settleIntent(deps, link, call);
  if (settled === 'may-land') throw new StillOpenError('A create that was never answered may still land: Accord looks again.');
  if (settled !== null) return settled;
  const at = deps.now();
  await saveProof(deps.db, toKey(record), { state: 'verified', answer: 'never-created', verified_at: at });
  return null;
}

async function remove(deps: ActivityDeps, record: ErasureRecord, link: Link, call: ActivityCall): Promise<void> {
  const { client, provider } = getConnected(deps, link.provider);
  if (!client.remove) throw new StillOpenError(`${provider.name} has no call that deletes records: delete it there by hand.`);
  // In whatever version: an edit of the last moment goes, too.
  const answer = await removeAtVendor(deps, { ...link, version: null }, call);
  // The first answer is the proof: one after a crash only says that the first call has worked.
  const first = { answer: record.answer ?? answer, called_at: record.called_at ?? deps.now() };
  await saveProof(deps.db, toKey(record), { state: 'deleted', ...first });
}

async function verify(deps: ActivityDeps, record: ErasureRecord, link: Link, call: ActivityCall): Promise<void> {
  const gone = await findAbsence(deps, link, call);
  const { name } = getConnected(deps, link.provider).provider;
  if (gone === null) throw new StillOpenError(`${name} still returns the record after it was deleted: Accord asks again.`);
  const proof = { verified_at: deps.now(), verified_status: gone.status, trace_id: gone.traceId };
  await saveProof(deps.db, toKey(record), { state: 'verified', ...proof });
}

/** The refusal of a read by id; null while the vendor returns the record. */
async function findAbsence(deps: ActivityDeps, link: Link, call: ActivityCall): Promise<NotFoundError | null> {
  try {
    await getConnected(deps, link.provider).client.read(getExternalId(link), call);
    return null;
  } catch (error) {
    if (error instanceof NotFoundError) return error;
    throw error;
  }
}

function toKey({ erasure_id: erasureId, link_id: linkId }: ErasureRecord) {
  return { erasureId, linkId };
}
