import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import { openUnitOfLink } from '#contacts/open-unit.ts';
import { isLive } from '#db/contacts/links.ts';
import {
  type DeleteRequest,
  findDeleteRequest,
  listRequestsOf,
  lockDeleteRequest,
  updateDeleteRequests,
} from '#db/deletes/delete-requests.ts';
import type { DeleteState } from '#db/deletes/tables.ts';
import { canRestore } from './can-restore.ts';
import { digestOf } from './digest.ts';

/**
 * - `approve`: the record is deleted, too
 * - `reject`: it stays as it is
 * - `restore`: it stays, and the lost record is created again
 * - `undo`: a record that was deleted is created again
 */
export const deleteDecisions = ['approve', 'reject', 'restore', 'undo'] as const;

export type DeleteDecision = (typeof deleteDecisions)[number];

export type DeleteOutcome =
  | { outcome: 'decided'; contactId: string; request: DeleteRequest; state: DeleteState }
  | { outcome: 'unknown' }
  /** Somebody decided before, or the request ended by itself. */
  | { outcome: 'decided-before'; state: DeleteState }
  /** The values differ from those that the caller has seen. */
  | { outcome: 'changed' }
  | { outcome: 'not-live'; provider: string }
  /** The account takes no record of the person: see `canRestore`. */
  | { outcome: 'not-restorable'; provider: string };

interface Decision {
  id: string;
  decision: DeleteDecision;
  actor: string;
  /** Of the preview that the caller has seen; null for whatever it is now. */
  revision?: string | null;
}

/** Stores a person's decision about a request. The contact is locked first, so that one of two people comes second. */
export async function decideDelete(transaction: ContactTransaction, decision: Decision): Promise<DeleteOutcome> {
  const { tx } = transaction;
  const found = await findDeleteRequest(tx, decision.id);
  if (!found) return { outcome: 'unknown' };
  const unit = await openUnitOfLink(transaction, { linkId: found.link_id, cause: null });
  const request = await lockDeleteRequest(tx, decision.id);
  if (!request) return { outcome: 'unknown' };
  const refusal = findRefusal(unit, request, decision);
  if (refusal !== null) return refusal;
  const state = await carryOut(unit, request, decision);
  await unit.save();
  return { outcome: 'decided', contactId: unit.contact.id, request, state };
}

function findRefusal(unit: ContactUnit, request: DeleteRequest, { decision, revision }: Decision): DeleteOutcome | null {
  const { state, source, provider } = request;
  const link = unit.getLink(request.link_id);
  // An approval can be taken back until the deletion begins.
  const isPending = state === 'open' || (state === 'approved' && decision !== 'approve' && link.state === 'linked');
  if (!(decision === 'undo' ? state === 'deleted' : isPending)) return { outcome: 'decided-before', state };
  if (revision && revision !== digestOf(unit.contact.fields, link.shadow)) return { outcome: 'changed' };
  if (decision === 'approve' && !unit.contact.liveAt.includes(provider)) return { outcome: 'not-live', provider };
  const restored = decision === 'restore' ? source : decision === 'undo' ? provider : null;
  if (restored === null || canRestore(unit, restored)) return null;
  return unit.contact.liveAt.includes(restored)
    ? { outcome: 'not-restorable', provider: restored }
    : { outcome: 'not-live', provider: restored };
}

async function carryOut(unit: ContactUnit, request: DeleteRequest, { decision, actor }: Decision): Promise<DeleteState> {
  const { tx, deps, contact } = unit;
  const decided = { decided_by: actor, decided_at: deps.now() };
  const link = unit.getLink(request.link_id);
  if (decision === 'approve') {
    const seen = digestOf(contact.fields, link.shadow);
    await updateDeleteRequests(tx, [request.id], { ...decided, state: 'approved', seen });
    unit.changeLink(link, { removal_id: request.id });
    return 'approved';
  }
  if (decision === 'undo') {
    await updateDeleteRequests(tx, [request.id], { ...decided, state: 'undone' });
    createAgain(unit, request.provider);
    return 'undone';
  }
  const state = decision === 'reject' ? 'kept' : 'restored';
  unit.changeLink(link, { removal_id: null });
  await updateDeleteRequests(tx, [request.id], { ...decided, state, ended_at: deps.now() });
  if (decision === 'restore') await restoreSource(unit, request, decided);
  return state;
}

/** The other requests after the same loss end, too: the person is there again. */
async function restoreSource(
  unit: ContactUnit,
  { source, id }: DeleteRequest,
  decided: { decided_by: string; decided_at: Date },
): Promise<void> {
  const open = await listRequestsOf(unit.tx, unit.contact.id, ['open']);
  const same = open.filter((request) => request.source === source && request.id !== id).map((request) => request.id);
  await updateDeleteRequests(unit.tx, same, { ...decided, state: 'restored', ended_at: unit.deps.now() });
  createAgain(unit, source);
}

/**
 * A detached link counts as no record, so that the next push creates one, with a new id. The time keeps a copy that lags from being taken
 * for a record that somebody restored.
 */
function createAgain(unit: ContactUnit, provider: string): void {
  for (const link of unit.links.filter((each) => each.provider === provider && !isLive(each)))
    unit.changeLink(link, { state: 'detached', removed_at: unit.deps.now() });
  unit.changeContact({ isDeleted: false });
}
