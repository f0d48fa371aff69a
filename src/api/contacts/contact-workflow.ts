import { WorkflowNotFoundError } from '@temporalio/client';
import type { ApiDeps } from '#api/deps.ts';
import { webUiLink } from '#api/web-ui.ts';
import { type DirtyLink, markDirty, markSignalled } from '#db/contacts/dirty-links.ts';
import { listLinks } from '#db/contacts/links.ts';
import { priorities } from '#domain/priority.ts';
import { signalContactChanged } from '#temporal.ts';
import { contactWorkflowId } from '#workflows/ids.ts';
import { type LaneState, retryNowSignal, syncStateQuery } from '#workflows/messages.ts';

const deadlineMs = 5_000;
/** A query is answered by a worker, and there may be none. */
const queryDeadlineMs = 2_000;

/** Marks all records of a contact as changed, so that the sweeper has it synced even if this process dies now. */
export async function markRecordsDirty({ db }: ApiDeps, contactId: string): Promise<DirtyLink[]> {
  const links = (await listLinks(db, contactId)).filter(({ state, external_id }) => state === 'linked' && external_id !== null);
  const ids = links.map(({ id }) => id);
  return ids.length === 0 ? [] : markDirty(db, ids);
}

/**
 * Has the workflow read these records and bring every target in step. `queued` when Temporal does not answer: the marks on the
 * records bring it back to the sweeper. Throws where there is no such mark.
 */
export async function requestSync(deps: ApiDeps, contactId: string, records: DirtyLink[]): Promise<'started' | 'queued'> {
  const { temporal, taskQueuePrefix, timing, db, log } = deps;
  const observe = records.map(({ linkId, provider }) => ({ linkId, provider }));
  const changed = { observe, push: takingContacts(deps), priority: priorities.live };
  try {
    await signalContactChanged(temporal, { contactId, changed, taskQueuePrefix, deadlineMs, ...(timing ? { timing } : {}) });
  } catch (error) {
    if (records.length === 0) throw error;
    log.warn({ contactId, err: error }, 'no workflow could be told of a change; the sweeper will try again');
    return 'queued';
  }
  if (records.length > 0) await markSignalled(db, records);
  return 'started';
}

function takingContacts({ providers }: ApiDeps): string[] {
  return providers.filter(({ settings, isSourceOnly }) => settings !== null && !isSourceOnly).map(({ id }) => id);
}

/** Wakes the lanes that wait. False when no workflow of this contact runs. */
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

/** What Temporal knows of the contact's last workflow; never throws. */
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
