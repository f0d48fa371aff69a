import { releaseLease, saveIntentPayload } from '../db/links.ts';
import { resolveAttempts } from '../db/write-attempts.ts';
import { adoptedValues, applyPatch, isEmptyPatch, patchBetween } from '../domain/patch.ts';
import { createOperation, NotFoundError, UnavailableError } from '../providers/errors.ts';
import type { CallOptions } from '../providers/provider.ts';
import { findOwnRecord, refuseTaken } from './adopt-record.ts';
import { type ActivityDeps, getConnected } from './deps.ts';
import { takeIn } from './observe-record.ts';
import { type PlannedWrite, planWrite } from './plan-write.ts';
import { abandonIntent, keepError, keepOverwritten, settle } from './settle-write.ts';

export interface PushResult {
  outcome: 'in-step' | 'created' | 'adopted' | 'updated' | 'gone';
}

/** Brings one provider's record in step with the contact: only what differs is written, and nothing when nothing does. */
export async function pushRecord(
  deps: ActivityDeps,
  { contactId, provider, cause, owner }: { contactId: string; provider: string; cause: string; owner: string },
  call: CallOptions,
): Promise<PushResult> {
  const connected = getConnected(deps, provider);
  const write = await planWrite(deps, { contactId, connected, cause, owner });
  if (write === null) return { outcome: 'in-step' };
  try {
    return await (write.step.kind === 'create' ? create(deps, write, call) : update(deps, write, call));
  } catch (error) {
    await keepError(deps.db, write, error);
    throw error;
  } finally {
    await releaseLease(deps.db, write.link.id, owner);
  }
}

/** A create whose answer was lost has landed all the same, so every create begins by looking for its own record. */
async function create(deps: ActivityDeps, write: PlannedWrite, call: CallOptions): Promise<PushResult> {
  const { client } = write.connected;
  const found = await findOwnRecord(deps, write, call);
  if (found === null) {
    // Nothing of ours landed, and the contact left its audiences meanwhile: there is nothing to make.
    if (!write.step.projection.wanted) {
      await abandonIntent(deps, write);
      return { outcome: 'in-step' };
    }
    refuseWhileItMayLand(write);
    await saveIntentPayload(deps.db, write.link.id, applyPatch(null, write.step.patch));
    const { record, outcome } = await client.create(write.step.patch, { ...call, reference: write.link.reference });
    if (outcome === 'merged') await refuseTaken(deps, write, record.externalId);
    const base = outcome === 'merged' ? adoptedValues(record.values, write.step.projection) : null;
    await settle(deps, write, { record, base, patch: write.step.patch });
    return { outcome: outcome === 'merged' ? 'adopted' : 'created' };
  }
  if (!found.isOurs) await keepOverwritten(deps.db, write, found.record);
  const sent = found.isOurs ? write.link.intent_payload : null;
  const base = sent ?? adoptedValues(found.record.values, write.step.projection);
  const patch = patchBetween(write.step.projection, base);
  const record = isEmptyPatch(patch)
    ? found.record
    : (await client.update(found.record.externalId, patch, { ...call, version: found.record.version })).record;
  await settle(deps, write, { record, base, patch });
  return { outcome: 'adopted' };
}

/** How long a create that got no answer may take to show at the provider. */
const landingSeconds = 5;

/** Not found does not mean not made, just after a create that was never answered: it may be under way at the provider. */
function refuseWhileItMayLand({ link: { last_error: last }, connected }: PlannedWrite): void {
  const unanswered = last?.type === UnavailableError.name && last.status === null && last.operation === createOperation;
  if (!unanswered || Date.now() - Date.parse(last.at) >= landingSeconds * 1_000) return;
  const { id: provider, name } = connected.provider;
  const message = `${name} did not answer a create, which may still land: looking for it again before making another.`;
  throw new UnavailableError({ provider, operation: createOperation, message, retryAfterSeconds: landingSeconds + 1 });
}

async function update(deps: ActivityDeps, write: PlannedWrite, call: CallOptions): Promise<PushResult> {
  const { link, step, connected } = write;
  const externalId = link.external_id as string;
  try {
    // Without a precondition the record is read first, so that an edit made there is at least not overwritten unseen.
    if (link.version === null && Object.keys(step.patch.set).length > 0) {
      await keepOverwritten(deps.db, write, await connected.client.read(externalId, call));
    }
    const { record } = await connected.client.update(externalId, step.patch, { ...call, version: link.version });
    await settle(deps, write, { record, base: link.shadow, patch: step.patch });
    return { outcome: 'updated' };
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    await resolveAttempts(deps.db, link.id, 'superseded');
    await takeIn(deps, { linkId: link.id, record: null, cause: write.cause });
    return { outcome: 'gone' };
  }
}
