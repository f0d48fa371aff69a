import { carryOutDelete } from '#activities/deletes/carry-out-delete.ts';
import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { withContact } from '#contacts/open-unit.ts';
import { NoContactError } from '#db/contacts/contacts.ts';
import { releaseLease } from '#db/contacts/leases.ts';
import { getExternalId } from '#db/contacts/links.ts';
import { NotFoundError, PreconditionFailedError } from '#providers/errors.ts';
import { createRecord } from './create-record.ts';
import { type ObserveResult, observeRecord, storeObservation } from './observe-record.ts';
import { type PlannedWrite, planWrite, type WritePlan } from './plan-write.ts';
import { type Pushed, PushProgress, type PushResult, type RoundResult } from './push-progress.ts';
import { storeWriteError, storeWriteResult } from './store-write-result.ts';
import { writeNotes } from './write-notes.ts';

export type { PushResult };

export interface PushInput {
  contactId: string;
  provider: string;
  cause: string;
  owner: string;
}

/**
 * Brings the records of the contact at one provider in step, and writes the notes that wait. Writes only the patch of each, and makes no
 * call when every patch is empty. A record that fails stops no other: its error is thrown at the end. A contact that is not stored is gone.
 */
export async function pushRecord(deps: ActivityDeps, input: PushInput, call: ActivityCall): Promise<PushResult> {
  try {
    return await push(deps, input, call);
  } catch (error) {
    if (!(error instanceof NoContactError)) throw error;
    return { outcome: 'gone', outOfStep: [] };
  }
}

async function push(deps: ActivityDeps, input: PushInput, call: ActivityCall): Promise<PushResult> {
  const { result, failure } = await pushValues(deps, input, call);
  const isThere = result.outcome !== 'missing' && result.outcome !== 'gone' && failure?.isDouble !== false;
  if (isThere && getConnected(deps, input.provider).provider.hasNotes) await writeNotes(deps, input, call);
  if (failure !== null) throw failure.error;
  return call.isRetry ? { ...result, outOfStep: await listOutOfStep(deps, input, result) } : result;
}

/** An attempt that died after it stored an answer, or merged two contacts, could not say which other providers this put out of step. */
async function listOutOfStep(deps: ActivityDeps, { contactId, provider, cause }: PushInput, { outOfStep }: PushResult) {
  const all = await withContact(deps, { contactId, cause }, (unit) => unit.outOfStep());
  return [...new Set([...outOfStep, ...all])].filter((each) => each !== provider);
}

async function pushValues(deps: ActivityDeps, input: PushInput, call: ActivityCall): Promise<Pushed> {
  const connected = getConnected(deps, input.provider);
  const progress = new PushProgress(input);
  for (;;) {
    const { justReadId, except } = progress;
    const plan = await planWrite(deps, { ...input, connected, justReadId, except });
    if (plan.kind === 'nothing') return progress.end();
    progress.begin(plan.record);
    try {
      const done = await follow(deps, input, plan, call);
      if (progress.isDoneWith(plan.record, done)) return progress.end();
    } catch (error) {
      if (call.signal?.aborted) throw error;
      progress.fail(plan.record, error);
      if (!plan.record.hasOthers) return progress.end();
    }
  }
}

function follow(
  deps: ActivityDeps,
  input: PushInput,
  plan: Exclude<WritePlan, { kind: 'nothing' }>,
  call: ActivityCall,
): Promise<RoundResult> {
  switch (plan.kind) {
    case 'write':
      return execute(deps, plan.write, call);
    case 'read-first':
      return read(deps, input, plan.link.id, call);
    case 'remove':
      return carryOutDelete(deps, { ...input, linkId: plan.record.linkId }, call);
  }
}

async function read(
  deps: ActivityDeps,
  { contactId, cause }: PushInput,
  linkId: string,
  call: ActivityCall,
): Promise<RoundResult> {
  return toRoundResult(linkId, await observeRecord(deps, { linkId, contactId, cause }, call));
}

function toRoundResult(linkId: string, { outcome, outOfStep, againAfterMs = 0 }: ObserveResult): RoundResult {
  if (outcome === 'missing') return { outcome, outOfStep, again: { linkId, afterMs: againAfterMs } };
  return { outcome: outcome === 'gone' ? 'gone' : 'read', outOfStep };
}

async function execute(deps: ActivityDeps, write: PlannedWrite, call: ActivityCall): Promise<RoundResult> {
  try {
    // Storing the answer releases the lease, too.
    return await (write.step.kind === 'create' ? createRecord(deps, write, call) : update(deps, write, call));
  } catch (error) {
    return await handleFailure(deps, write, error, call).finally(() => releaseLease(deps.db, write.link.id, write.owner));
  }
}

async function update(deps: ActivityDeps, write: PlannedWrite, call: ActivityCall): Promise<RoundResult> {
  const { link, step, connected } = write;
  const { record } = await connected.client.update(getExternalId(link), step.patch, { ...call, version: link.version });
  return { outcome: 'updated', outOfStep: await storeWriteResult(deps, write, { record }) };
}

/** Reads a record that has changed since its version, marks one that was not found as missing, and rethrows every other error. */
async function handleFailure(deps: ActivityDeps, write: PlannedWrite, error: unknown, call: ActivityCall): Promise<RoundResult> {
  const { contactId, cause, link, owner, step } = write;
  await storeWriteError(deps, write, error);
  if (error instanceof PreconditionFailedError)
    return read(deps, { contactId, cause, provider: link.provider, owner }, link.id, call);
  if (error instanceof NotFoundError && step.kind === 'update')
    return toRoundResult(link.id, await storeObservation(deps, { linkId: link.id, record: null, cause }));
  throw error;
}
