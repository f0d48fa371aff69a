import { WorkflowNotFoundError } from '@temporalio/client';
import type { ApiDeps } from '#api/deps.ts';
import { webUiLink } from '#api/web-ui.ts';
import { type DirtyLink, markDirty, markSignalled } from '#db/contacts/dirty-links.ts';
import { listLinks } from '#db/contacts/links.ts';
import { listRecordIds } from '#db/contacts/record-ids.ts';
import { toArrival } from '#domain/sync/contact-changed.ts';
import { priorities } from '#domain/sync/priority.ts';
import { signalContactChanged } from '#temporal.ts';
import { findTrace } from '#tracing/tracing.ts';
import { contactWorkflowId } from '#workflows/ids.ts';
import { type LaneState, retryNowSignal, syncStateQuery } from '#workflows/messages.ts';

const deadlineMs = 5_000;
/** Queries need a worker, and none may be running. */
const queryDeadlineMs = 2_000;

/** Marks every record of a contact as dirty, so that the sweeper syncs the contact even if this process dies. */
export async function markRecordsDirty({ db }: ApiDeps, contactId: string): Promise<DirtyLink[]> {
  const links = (await listLinks(db, contactId)).filter(({ state, external_id }) => state === 'linked' && external_id !== null);
  const ids = links.map(({ id }) => id);
  return ids.length === 0 ? [] : markDirty(db, ids);
}

/**
 * Signals the contact's workflow to read these records and push to every provider. `queued` when Temporal does not answer: the
 * sweeper finds the dirty marks. Throws when there are none.
 */
export async function requestSync(deps: ApiDeps, contactId: string, records: DirtyLink[]): Promise<'started' | 'queued'> {
  const { temporal, taskQueuePrefix, timing, db, log } = deps;
  const observe = records.map(({ linkId, provider }) => ({ linkId, provider }));
  const changed = {
    observe,
    push: connectedTargets(deps),
    priority: priorities.live,
    arrival: toArrival(new Date(), findTrace()),
  };
  try {
    const externalIds = await listRecordIds(db, contactId);
    await signalContactChanged(temporal, {
      ...{ contactId, changed, externalIds, taskQueuePrefix, deadlineMs },
      ...(timing ? { timing } : {}),
    });
  } catch (error) {
    if (records.length === 0) throw error;
    log.warn({ contactId, err: error }, 'workflow not signalled; the sweeper retries');
    return 'queued';
  }
  if (records.length > 0) await markSignalled(db, records);
  return 'started';
}

function connectedTargets({ providers }: ApiDeps): string[] {
  return providers.filter(({ settings, isSourceOnly }) => settings !== null && !isSourceOnly).map(({ id }) => id);
}

/** Wakes a waiting workflow, or starts one that reads every record of the contact and syncs it. */
export async function retryContact(deps: ApiDeps, contactId: string): Promise<'retrying' | 'started' | 'queued'> {
  if (await retryRunning(deps, contactId)) return 'retrying';
  return requestSync(deps, contactId, await markRecordsDirty(deps, contactId));
}

/** Wakes the parked lanes. False when no workflow of this contact runs. */
export async function retryRunning({ temporal }: ApiDeps, contactId: string): Promise<boolean> {
  const handle = temporal.workflow.getHandle(contactWorkflowId(contactId));
  try {
    await temporal.withDeadline(Date.now() + deadlineMs, () => handle.signal(retryNowSignal));
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** The state of the contact's latest workflow; never throws. */
export async function describeWorkflow(deps: ApiDeps, contactId: string) {
  const id = contactWorkflowId(contactId);
  const handle = deps.temporal.workflow.getHandle(id);
  try {
    const { status, runId } = await deps.temporal.withDeadline(Date.now() + queryDeadlineMs, () => handle.describe());
    const lanes = status.name === 'RUNNING' ? await findLanes(deps, contactId) : null;
    return { id, status: status.name.toLowerCase(), runId, webUi: webUiLink(deps, id, runId), lanes };
  } catch (error) {
    const status = error instanceof WorkflowNotFoundError ? 'none' : 'unknown';
    return { id, status, runId: null, webUi: null, lanes: null };
  }
}

async function findLanes({ temporal }: ApiDeps, contactId: string): Promise<LaneState[] | null> {
  const handle = temporal.workflow.getHandle(contactWorkflowId(contactId));
  try {
    const { lanes } = await temporal.withDeadline(Date.now() + queryDeadlineMs, () => handle.query(syncStateQuery));
    return lanes;
  } catch {
    return null;
  }
}
