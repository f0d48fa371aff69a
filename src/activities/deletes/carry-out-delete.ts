import { applyRecord } from '#activities/contact/apply-record.ts';
import { endsWith } from '#activities/contact/missing-record.ts';
import { observeRecord } from '#activities/contact/observe-record.ts';
import { releasedLease } from '#activities/contact/plan-write.ts';
import type { RoundResult } from '#activities/contact/push-progress.ts';
import { saveProviderError } from '#activities/contact/save-provider-error.ts';
import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { RecordBusyError } from '#activities/failures.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import { digestOf } from '#contacts/deletes/digest.ts';
import { requestLaterDeletes } from '#contacts/deletes/request-deletes.ts';
import { withLink } from '#contacts/open-unit.ts';
import { getLink, type Link, type OpenLink } from '#db/contacts/links.ts';
import { type DeleteRequest, lockDeleteRequest, updateDeleteRequests } from '#db/deletes/delete-requests.ts';
import type { AskReason } from '#domain/deletes/plan-deletes.ts';
import { assertFree, linkAgain, resumeRemoval, sendRemoval } from './removal.ts';

interface Deleting {
  linkId: string;
  cause: string;
  /** The owner of the lease: the same for every attempt of one activity. */
  owner: string;
}

/**
 * Deletes a record whose deletion was approved. It is read first: when the person, or this record, has changed since the approval, nothing
 * is deleted and the request asks again. May be repeated after a crash at any point. The intent comes before the call: a record whose
 * deletion began counts as lost, so that the vendor's webhook about it has no consequences.
 */
export async function carryOutDelete(deps: ActivityDeps, deleting: Deleting, call: ActivityCall): Promise<RoundResult> {
  const { linkId, cause } = deleting;
  const link = await getLink(deps.db, linkId);
  if (hasBegun(link)) return resume(deps, deleting, link, call);
  const { outcome, outOfStep, againAfterMs = 0 } = await observeRecord(deps, { linkId, cause }, call);
  if (outcome === 'missing') return { outcome, outOfStep, again: { linkId, afterMs: againAfterMs } };
  if (outcome === 'gone') return { outcome, outOfStep };
  if (outcome === 'stale') throw new RecordBusyError(`${link.provider} still shows an old state of the record of link ${linkId}`);
  if (!(await begin(deps, deleting))) return { outcome: 'read', outOfStep };
  await sendRemoval(deps, deleting, await getLink(deps.db, linkId), call).catch(withError(deps, deleting));
  return { outcome: 'gone', outOfStep: [...outOfStep, ...(await finish(deps, deleting))] };
}

const hasBegun = ({ state, removed_at }: Pick<Link, 'state' | 'removed_at'>): boolean =>
  state === 'tombstoned' && removed_at !== null;

/** Goes on with a deletion that an earlier attempt began. Somebody may have edited the record since: then a person is asked again. */
async function resume(deps: ActivityDeps, deleting: Deleting, link: Link, call: ActivityCall): Promise<RoundResult> {
  const edited = await resumeRemoval(deps, deleting, link, call).catch(withError(deps, deleting));
  if (edited === null) return { outcome: 'gone', outOfStep: await finish(deps, deleting) };
  const outOfStep = await withLink(deps, deleting, async (unit, open) => {
    linkAgain(unit, open);
    applyRecord(unit, open, edited);
    await askAgain(unit, open, 'edited');
    return unit.outOfStep();
  });
  return { outcome: 'read', outOfStep };
}

/** Saves the error of a deletion with its link. */
const withError =
  (deps: ActivityDeps, { linkId }: Deleting) =>
  async (error: unknown): Promise<never> => {
    await saveProviderError(deps, linkId, error);
    throw error;
  };

/**
 * Stores the intent. False when there is nothing to delete any more, or a person must be asked again. Throws a `RecordBusyError` when another
 * attempt has begun since this one looked: it may be killed before it calls the vendor.
 */
function begin(deps: ActivityDeps, deleting: Deleting): Promise<boolean> {
  return withLink(deps, deleting, async (unit, link) => {
    if (hasBegun(link)) throw new RecordBusyError(`Another attempt deletes the record of link ${link.id}`);
    const request = await findApproved(unit, link);
    if (request === null) {
      unit.changeLink(link, { removal_id: null });
      return false;
    }
    const doubt = findDoubt(unit, link, request);
    if (doubt !== null) {
      await askAgain(unit, link, doubt);
      return false;
    }
    await assertFree(unit, link, deleting.owner);
    unit.changeLink(link, { state: 'tombstoned', removed_at: deps.now() });
    return true;
  });
}

async function findApproved({ tx }: ContactUnit, { removal_id, state }: OpenLink): Promise<DeleteRequest | null> {
  const request = removal_id === null ? undefined : await lockDeleteRequest(tx, removal_id);
  return request?.state === 'approved' && state === 'linked' ? request : null;
}

function findDoubt({ contact }: ContactUnit, { provider, shadow }: OpenLink, { seen }: DeleteRequest): AskReason | null {
  if (!contact.liveAt.includes(provider)) return 'not-live';
  return seen === digestOf(contact.fields, shadow) ? null : 'edited';
}

async function askAgain(unit: ContactUnit, link: OpenLink, because: AskReason): Promise<void> {
  if (link.removal_id !== null)
    await updateDeleteRequests(unit.tx, [link.removal_id], {
      ...{ state: 'open', because, seen: null, decided_by: null, decided_at: null },
    });
  unit.changeLink(link, { removal_id: null });
}

/** Stores that the record is deleted. Returns the accounts that are out of step afterwards. */
function finish(deps: ActivityDeps, deleting: Deleting): Promise<string[]> {
  return withLink(deps, deleting, async (unit, link) => {
    const { provider, removal_id: requestId } = link;
    const request = requestId === null ? undefined : await lockDeleteRequest(unit.tx, requestId);
    // The time of the deletion: a copy that lags is not taken for a record that somebody restored.
    const gone = { removal_id: null, removed_at: deps.now(), version: null, missing_since: null, last_error: null };
    unit.changeLink(link, { ...releasedLease, ...gone });
    unit.resolveAttempts(link, link.attempts, 'superseded');
    if (request) {
      const { id, source, decided_by } = request;
      await updateDeleteRequests(unit.tx, [id], { state: 'deleted', ended_at: deps.now() });
      const after = { becauseOf: source };
      unit.addHistory({ kind: 'removed', actor: decided_by ?? 'accord', provider, linkId: link.id, after });
    }
    if (!unit.contact.isDeleted && endsWith(unit, link)) unit.changeContact({ isDeleted: true });
    if (request) await requestLaterDeletes(unit, request);
    return unit.newlyOutOfStep();
  });
}
