import type { ActivityDeps } from '#activities/deps.ts';
import type { OpenAttempt, OpenLink } from '#db/contacts/links.ts';
import { type ProviderValues, type RecordPatch, valueNames } from '#domain/contact.ts';
import { sameValue } from '#domain/equality.ts';
import { ConflictError, createOperation, UnavailableError, UnreadableRecordError } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord, WriteResult } from '#providers/provider.ts';
import { lagMs } from './apply-record.ts';
import { assertAdoptable, assertNotTaken, findExistingRecord } from './find-existing-record.ts';
import { CreateNotNeeded } from './join-owner.ts';
import { openCreateAttempt, type PlannedWrite } from './plan-write.ts';
import {
  abandonIntent,
  storeAdoption,
  storeMissingCreate,
  storeUnreadableResult,
  storeWriteResult,
} from './store-write-result.ts';

export interface CreateResult {
  outcome: 'created' | 'adopted' | 'in-step' | 'gone';
  outOfStep: string[];
}

/**
 * Creates a record, or adopts an existing one. It always searches first: an earlier create may have landed without an answer. A create
 * that would make a double is given up. `gone`: an earlier create landed, and somebody has deleted its record since.
 */
export async function createRecord(deps: ActivityDeps, write: PlannedWrite, call: CallOptions): Promise<CreateResult> {
  try {
    return await findOrCreate(deps, write, call);
  } catch (error) {
    if (error instanceof UnavailableError && error.hasLanded) {
      const outOfStep = await storeMissingCreate(deps, write);
      if (outOfStep !== null) return { outcome: 'gone', outOfStep };
    }
    if (!(error instanceof CreateNotNeeded)) throw error;
    await abandonIntent(deps, write);
    return { outcome: error.outcome, outOfStep: error.outOfStep };
  }
}

async function findOrCreate(deps: ActivityDeps, write: PlannedWrite, call: CallOptions): Promise<CreateResult> {
  const found = await findExistingRecord(deps, write, call);
  if (found !== null) return { outcome: 'adopted', outOfStep: await storeAdoption(deps, write, found) };
  // No create of ours landed, and the contact has left its audiences since: no record is needed.
  assertNoCreateInFlight(deps, write);
  if (!write.step.projection.wanted) {
    await abandonIntent(deps, write);
    return { outcome: 'in-step', outOfStep: [] };
  }
  await openCreateAttempt(deps, write);
  const { record, outcome, dropped } = await createOrFind(deps, write, call);
  if (dropped) {
    // Linked first: without a link the next attempt would create another record.
    const landed = { ...write, step: { ...write.step, patch: shownBy(record, write.step.patch) } };
    await storeWriteResult(deps, landed, { record, base: null });
    throw dropped;
  }
  if (outcome === 'created') return { outcome, outOfStep: await storeWriteResult(deps, write, { record, base: null }) };
  await assertNotTaken(deps, write, record.externalId);
  const isOurs = record.reference === write.link.reference;
  return { outcome: 'adopted', outOfStep: await storeAdoption(deps, write, { record, isOurs }) };
}

/** A vendor that refuses a duplicate may name the existing record, which a lagging search did not return. */
async function createOrFind(deps: ActivityDeps, write: PlannedWrite, call: CallOptions): Promise<WriteResult> {
  const { client } = write.connected;
  try {
    return await client.create(write.step.patch, { ...call, reference: write.link.reference });
  } catch (error) {
    if (isUnreadableAnswer(error)) await storeUnreadableResult(deps, write, error.externalId);
    if (!(error instanceof ConflictError) || error.existingId === null) throw error;
    const record = await client.read(error.existingId, call);
    if (record.reference !== write.link.reference) await assertAdoptable(deps, write, record);
    return { outcome: 'merged', record };
  }
}

/** The answer to a create whose record has an id. The same error of a search or a read is about another record. */
function isUnreadableAnswer(error: unknown): error is UnreadableRecordError & { externalId: string } {
  return error instanceof UnreadableRecordError && error.operation === createOperation && error.externalId !== null;
}

/** The part of a patch that a record shows. */
function shownBy({ values }: ProviderRecord, patch: RecordPatch): RecordPatch {
  const sent: ProviderValues = patch.set;
  const shown = valueNames(sent).filter((field) => sameValue(field, sent[field], values[field]));
  const set = Object.fromEntries(shown.map((field) => [field, values[field]]));
  return { ...patch, set, addLists: patch.addLists.filter((list) => values.lists?.includes(list)) };
}

/** How long an unanswered create may take to become visible at the provider. Another create with its reference would find it. */
const landingSeconds = 5;
/** The longest that a provider's search lags, where no other create follows: nobody else would ever find the record. */
const forgettingSeconds = lagMs / 1_000;

/**
 * Throws just after a create that was never answered: the search may have missed it because it is still in flight, or because the
 * provider's index lags. Nobody else than its open attempt knows of a create whose answer could not be stored.
 */
function assertNoCreateInFlight(deps: ActivityDeps, { link, connected, step }: PlannedWrite): void {
  const waitSeconds = step.projection.wanted ? landingSeconds : forgettingSeconds;
  const sentAt = link.attempts.filter((attempt) => !wasTurnedAway(link, attempt)).map(({ started_at }) => Date.parse(started_at));
  const { last_error: last } = link;
  const isUnanswered = last?.type === UnavailableError.name && last.status === null && last.operation === createOperation;
  const latest = Math.max(...sentAt, isUnanswered ? Date.parse(last.at) : 0);
  if (deps.now().getTime() - latest >= waitSeconds * 1_000) return;
  const { id: provider, name } = connected.provider;
  const message = `${name} did not answer a create, which may still land.`;
  const remedy = 'Accord searches for it before another create';
  throw new UnavailableError({ provider, operation: createOperation, message, remedy, retryAfterSeconds: landingSeconds + 1 });
}

/** Whether the provider answered 503 to the create: it did not take it on. */
function wasTurnedAway({ last_error: last }: OpenLink, { started_at }: OpenAttempt): boolean {
  return last?.status === 503 && last.operation === createOperation && Date.parse(last.at) >= Date.parse(started_at);
}
