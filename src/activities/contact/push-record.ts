import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { RecordBusyError } from '#activities/failures.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { releaseLease } from '#db/contacts/leases.ts';
import { getExternalId } from '#db/contacts/links.ts';
import { NotFoundError, PreconditionFailedError } from '#providers/errors.ts';
import { createRecord } from './create-record.ts';
import { type ObserveResult, observeRecord, storeObservation } from './observe-record.ts';
import { type PlannedWrite, planWrite } from './plan-write.ts';
import { storeWriteError, storeWriteResult } from './store-write-result.ts';
import { writeNotes } from './write-notes.ts';

export interface PushResult {
  outcome: 'in-step' | 'created' | 'adopted' | 'updated' | 'missing' | 'gone';
  /** Other providers that are out of step after changes found in the record. */
  outOfStep: string[];
  /** Present when the record was not found, which a second read must confirm. */
  again?: ReadAgain;
}

export interface ReadAgain {
  linkId: string;
  afterMs: number;
}

export interface PushInput {
  contactId: string;
  provider: string;
  cause: string;
  owner: string;
}

/** Rounds of read and write per activity attempt. More are needed only while others edit the record as fast as we write. */
const maxRounds = 5;

/**
 * Brings one provider's record in step with the contact, and writes the notes that wait. Writes only the patch, and makes no call when
 * the patch is empty.
 */
export async function pushRecord(deps: ActivityDeps, input: PushInput, call: ActivityCall): Promise<PushResult> {
  const result = await pushValues(deps, input, call);
  const isThere = result.outcome !== 'missing' && result.outcome !== 'gone';
  if (isThere && getConnected(deps, input.provider).provider.hasNotes) await writeNotes(deps, input, call);
  return result;
}

async function pushValues(deps: ActivityDeps, input: PushInput, call: ActivityCall): Promise<PushResult> {
  const connected = getConnected(deps, input.provider);
  const found = new Set<string>();
  let outcome: PushResult['outcome'] = 'in-step';
  let isJustRead = false;
  const result = (): PushResult => ({ outcome, outOfStep: [...found].filter((provider) => provider !== input.provider) });
  for (let round = 0; round < maxRounds; round += 1) {
    const plan = await planWrite(deps, { ...input, connected, isJustRead });
    if (plan.kind === 'nothing') return result();
    const done = plan.kind === 'read-first' ? await read(deps, input, plan.link.id, call) : await execute(deps, plan.write, call);
    for (const provider of done.outOfStep) found.add(provider);
    isJustRead = done.outcome === 'read';
    if (done.outcome !== 'read' && outcome !== 'adopted') outcome = done.outcome;
    if (done.again) return { ...result(), again: done.again };
    // An adopted record may lack values, and a read may have changed the plan.
    if (!isJustRead && done.outcome !== 'adopted') return result();
  }
  throw new RecordBusyError(`The record of ${input.contactId} at ${input.provider} changes faster than it can be written`);
}

interface RoundResult {
  /** `read`: the record was observed and nothing was written. */
  outcome: PushResult['outcome'] | 'read';
  outOfStep: string[];
  again?: ReadAgain;
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
