import type { ActivityDeps } from '#activities/deps.ts';
import { ConflictError, createOperation, UnavailableError } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord, WriteResult } from '#providers/provider.ts';
import { assertAdoptable, findOwnRecord, refuseTaken } from './find-existing-record.ts';
import { openCreate, type PlannedWrite } from './plan-write.ts';
import { abandonIntent, adopt, settle } from './store-write-result.ts';

export interface Created {
  outcome: 'created' | 'adopted' | 'in-step';
  outOfStep: string[];
}

/** A create whose answer was lost has landed all the same, so every create begins by looking for its own record. */
export async function createRecord(deps: ActivityDeps, write: PlannedWrite, call: CallOptions): Promise<Created> {
  const found = await findOwnRecord(deps, write, call);
  if (found !== null) return { outcome: 'adopted', outOfStep: await adopt(deps, write, found) };
  // Nothing of ours landed, and the contact left its audiences meanwhile: there is nothing to make.
  if (!write.step.projection.wanted) {
    await abandonIntent(deps, write);
    return { outcome: 'in-step', outOfStep: [] };
  }
  refuseWhileItMayLand(deps, write);
  await openCreate(deps, write);
  const { record, outcome } = await createOrFind(deps, write, call);
  if (outcome === 'created') return { outcome, outOfStep: await settle(deps, write, { record, base: null }) };
  await refuseTaken(deps, write, record.externalId);
  return {
    outcome: 'adopted',
    outOfStep: await adopt(deps, write, { record, isOurs: record.reference === write.link.reference }),
  };
}

/** A vendor that refuses a second record with one key may say which is the first: a search that lags did not show it yet. */
async function createOrFind(deps: ActivityDeps, write: PlannedWrite, call: CallOptions): Promise<WriteResult> {
  const { client } = write.connected;
  try {
    return await client.create(write.step.patch, { ...call, reference: write.link.reference });
  } catch (error) {
    if (!(error instanceof ConflictError) || error.existingId === null) throw error;
    const record: ProviderRecord = await client.read(error.existingId, call);
    if (record.reference !== write.link.reference) await assertAdoptable(deps, write, record);
    return { outcome: 'merged', record };
  }
}

/** How long a create that got no answer may take to show at the provider. */
const landingSeconds = 5;

/** Not found does not mean not made, just after a create that was never answered: it may be under way at the provider. */
function refuseWhileItMayLand(deps: ActivityDeps, { link: { last_error: last }, connected }: PlannedWrite): void {
  const unanswered = last?.type === UnavailableError.name && last.status === null && last.operation === createOperation;
  if (!unanswered || deps.now().getTime() - Date.parse(last.at) >= landingSeconds * 1_000) return;
  const { id: provider, name } = connected.provider;
  const message = `${name} did not answer a create, which may still land: looking for it again before making another.`;
  throw new UnavailableError({ provider, operation: createOperation, message, retryAfterSeconds: landingSeconds + 1 });
}
