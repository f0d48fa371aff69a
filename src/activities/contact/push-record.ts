import type { ActivityDeps } from '#activities/deps.ts';
import { RecordBusyError } from '#activities/failures.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { releaseLease } from '#db/contacts/leases.ts';
import { NotFoundError, PreconditionFailedError } from '#providers/errors.ts';
import type { CallOptions } from '#providers/provider.ts';
import { createRecord } from './create-record.ts';
import { type ObserveResult, observeRecord, storeObservation } from './observe-record.ts';
import { type PlannedWrite, planWrite } from './plan-write.ts';
import { keepError, settle } from './store-write-result.ts';

export interface PushResult {
  outcome: 'in-step' | 'created' | 'adopted' | 'updated' | 'missing' | 'gone';
  /** Other providers that are out of step by what was found in the record. */
  outOfStep: string[];
  /** The record was not found, which is not believed yet. */
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

/** Looks and decides anew so often before the rest is left to the next attempt: whoever edits there is at it just now. */
const mostRounds = 5;

/** Brings one provider's record in step with the contact: only what differs is written, and nothing when nothing does. */
export async function pushRecord(deps: ActivityDeps, input: PushInput, call: CallOptions): Promise<PushResult> {
  const connected = getConnected(deps, input.provider);
  const found = new Set<string>();
  let outcome: PushResult['outcome'] = 'in-step';
  let looked = false;
  const result = (): PushResult => ({ outcome, outOfStep: [...found].filter((provider) => provider !== input.provider) });
  for (let round = 0; round < mostRounds; round += 1) {
    const plan = await planWrite(deps, { ...input, connected, looked });
    if (plan.kind === 'nothing') return result();
    const step = plan.kind === 'look' ? await look(deps, input, plan.link.id, call) : await carryOut(deps, plan.write, call);
    for (const provider of step.outOfStep) found.add(provider);
    looked = step.outcome === 'looked';
    if (step.outcome !== 'looked' && outcome !== 'adopted') outcome = step.outcome;
    if (step.again) return { ...result(), again: step.again };
    // What was taken over may still lack something, and what was read may have changed what is to be written.
    if (!looked && step.outcome !== 'adopted') return result();
  }
  throw new RecordBusyError(`Somebody edits the record of ${input.contactId} at ${input.provider} faster than it can be written`);
}

interface Done {
  /** `looked`: nothing was written, the record was read and taken in. */
  outcome: PushResult['outcome'] | 'looked';
  outOfStep: string[];
  again?: ReadAgain;
}

async function look(deps: ActivityDeps, { contactId, cause }: PushInput, linkId: string, call: CallOptions): Promise<Done> {
  return afterReading(linkId, await observeRecord(deps, { linkId, contactId, cause }, call));
}

function afterReading(linkId: string, { outcome, outOfStep, againAfterMs = 0 }: ObserveResult): Done {
  if (outcome === 'missing') return { outcome, outOfStep, again: { linkId, afterMs: againAfterMs } };
  return { outcome: outcome === 'gone' ? 'gone' : 'looked', outOfStep };
}

async function carryOut(deps: ActivityDeps, write: PlannedWrite, call: CallOptions): Promise<Done> {
  try {
    // What stores the answer lets go of the record, too.
    return await (write.step.kind === 'create' ? createRecord(deps, write, call) : update(deps, write, call));
  } catch (error) {
    return await afterRefusal(deps, write, error, call).finally(() => releaseLease(deps.db, write.link.id, write.owner));
  }
}

async function update(deps: ActivityDeps, write: PlannedWrite, call: CallOptions): Promise<Done> {
  const { link, step, connected } = write;
  const { record } = await connected.client.update(link.external_id as string, step.patch, { ...call, version: link.version });
  return { outcome: 'updated', outOfStep: await settle(deps, write, { record }) };
}

/** A record that moved on is read, and one that is not there is not believed gone yet; all else is thrown. */
async function afterRefusal(deps: ActivityDeps, write: PlannedWrite, error: unknown, call: CallOptions): Promise<Done> {
  const { contactId, cause, link, owner, step } = write;
  await keepError(deps, write, error);
  if (error instanceof PreconditionFailedError)
    return look(deps, { contactId, cause, provider: link.provider, owner }, link.id, call);
  if (error instanceof NotFoundError && step.kind === 'update')
    return afterReading(link.id, await storeObservation(deps, { linkId: link.id, record: null, cause }));
  throw error;
}
