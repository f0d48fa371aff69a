import { observeRecord } from '#activities/contact/observe-record.ts';
import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { describe, isPermanent, RecordBusyError } from '#activities/failures.ts';
import { getLink } from '#db/contacts/links.ts';
import { saveUndo } from '#db/sync/go-live-writes.ts';
import { priorities } from '#domain/sync/priority.ts';
import { AuthenticationError, NotFoundError, PreconditionFailedError, ProviderError } from '#providers/errors.ts';
import { prepareUndo } from './prepare-undo.ts';
import { removeRecord, resumeUndo } from './remove-record.ts';
import { restoreRecord } from './restore-record.ts';
import { settleCreate } from './settle-create.ts';
import type { UndoneRecord } from './undone-record.ts';

/** Of a record that others change all the time. */
const maxRounds = 5;

/**
 * Undoes the writes of some go-lives to one record, as far as nobody has edited it since, and stores the outcome. May be repeated after
 * a crash at any point. Throws a `RecordBusyError` while a write to the record may still be under way.
 */
export async function undoRecord(deps: ActivityDeps, undone: UndoneRecord, call: ActivityCall): Promise<void> {
  for (let round = 0; round < maxRounds; round += 1) {
    try {
      if (await isUndone(deps, undone, call)) return;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return saveLeft(deps, undone, error);
    }
  }
  throw new RecordBusyError(`The record of link ${undone.linkId} changes all the time`);
}

/** False when the record has changed meanwhile, and has to be read again. */
async function isUndone(deps: ActivityDeps, undone: UndoneRecord, call: ActivityCall): Promise<boolean> {
  if (await resumeUndo(deps, undone, call)) return true;
  await settleCreate(deps, undone, call);
  await readNow(deps, undone, call);
  const prepared = await prepareUndo(deps, undone);
  if (prepared === null) return true;
  try {
    await (prepared.kind === 'remove' ? removeRecord(deps, undone, call) : restoreRecord(deps, undone, prepared, call));
    return true;
  } catch (error) {
    // The next round reads the record, and sees its current state.
    if (error instanceof PreconditionFailedError || error instanceof NotFoundError) return false;
    throw error;
  }
}

/** Reads a record, so that an edit is known, and kept by the contact, before anything is taken back. */
async function readNow(deps: ActivityDeps, { linkId, provider, cause }: UndoneRecord, call: ActivityCall): Promise<void> {
  if ((await getLink(deps.db, linkId)).state !== 'linked') return;
  const { outcome, contactId, outOfStep } = await observeRecord(deps, { linkId, cause }, call);
  if (outcome === 'stale') throw new RecordBusyError(`${provider} still shows an old state of the record of link ${linkId}`);
  const observe = outcome === 'missing' ? [{ linkId, provider }] : [];
  if (observe.length + outOfStep.length > 0)
    await deps.signalContact(contactId, { observe, push: outOfStep, priority: priorities.bulk });
}

/** Refused credentials concern all records, and stop the undo. */
function isRefusal(error: unknown): error is ProviderError {
  return error instanceof ProviderError && isPermanent(error) && !(error instanceof AuthenticationError);
}

function saveLeft(deps: ActivityDeps, { runIds, linkId }: UndoneRecord, error: ProviderError): Promise<void> {
  const at = deps.now().toISOString();
  return saveUndo(deps.db, runIds, linkId, { outcome: 'left', reason: 'refused', error: describe(error), fields: [], at });
}
