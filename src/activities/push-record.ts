import { lockContact } from '../db/contacts.ts';
import type { Database } from '../db/database.ts';
import { recordHistory } from '../db/history.ts';
import { claimKeys, insertIntent, type Link, releaseLease, saveIntentPayload, saveKnown, takeLease } from '../db/links.ts';
import { openAttempt, refuseAttempt, resolveAttempts } from '../db/write-attempts.ts';
import type { ProviderValues, RecordPatch } from '../domain/contact.ts';
import { sameValue } from '../domain/equality.ts';
import { applyPatch, type EchoPairs, isEmptyPatch, namesInPatch, patchBetween } from '../domain/patch.ts';
import type { Step } from '../domain/plan.ts';
import { NotFoundError } from '../providers/errors.ts';
import type { CallOptions, ProviderRecord } from '../providers/provider.ts';
import { findOwnRecord, refuseTaken } from './adopt-record.ts';
import { type ActivityDeps, type ConnectedProvider, getConnected } from './deps.ts';
import { isPermanent, RecordBusyError } from './failures.ts';
import { keepLinkError } from './link-error.ts';
import { takeIn } from './observe-record.ts';
import { settleStanding } from './standing.ts';

export interface PushResult {
  outcome: 'in-step' | 'created' | 'adopted' | 'updated' | 'gone';
}

/** Longer than one activity may run: while it lasts, nobody else writes to the record. */
const leaseSeconds = 45;

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

interface PlannedWrite {
  contactId: string;
  connected: ConnectedProvider;
  link: Link;
  step: Exclude<Step, { kind: 'nothing' }>;
  attemptId: string;
  cause: string;
}

/** Decides and writes down what will be sent, in one transaction, before anything is sent. */
function planWrite(
  deps: ActivityDeps,
  { contactId, connected, cause, owner }: { contactId: string; connected: ConnectedProvider; cause: string; owner: string },
): Promise<PlannedWrite | null> {
  const { provider, client } = connected;
  return deps.db.transaction().execute(async (tx) => {
    const contact = await lockContact(tx, contactId);
    const target = (await settleStanding(tx, deps, contact)).find((standing) => standing.provider === provider.id);
    if (!target || target.step.kind === 'nothing') return null;
    const { step } = target;
    const link =
      step.kind === 'create' && target.known.state === 'none'
        ? await insertIntent(tx, {
            contactId,
            provider: provider.id,
            accountId: client.accountId,
            generation: (target.link?.generation ?? 0) + 1,
            payload: applyPatch(null, step.patch),
          })
        : (target.link as Link);
    const free = step.kind === 'update' || (await claimKeys(tx, link, phonesOf(link.intent_payload)));
    if (!free || !(await takeLease(tx, link.id, owner, leaseSeconds)))
      throw new RecordBusyError(`Another writer is at ${link.id}`);
    const attemptId = await openAttempt(tx, {
      linkId: link.id,
      operation: step.kind,
      patch: step.patch,
      baseVersion: link.version,
      cause,
    });
    return { contactId, connected, link, step, attemptId, cause };
  });
}

/** By a phone number the provider might fold two people who are created at the same time into one record. */
function phonesOf(payload: ProviderValues | null): string[] {
  return (payload?.phones ?? []).flatMap(({ e164 }) => e164 ?? []);
}

/** A create whose answer was lost has landed all the same, so every create begins by looking for its own record. */
async function create(deps: ActivityDeps, write: PlannedWrite, call: CallOptions): Promise<PushResult> {
  const { client } = write.connected;
  const found = await findOwnRecord(deps, write, call);
  if (found === null) {
    // Nothing of ours landed, and the contact left its audiences meanwhile: there is nothing to make.
    if (!write.step.projection.wanted) return abandonIntent(deps, write);
    await saveIntentPayload(deps.db, write.link.id, applyPatch(null, write.step.patch));
    const { record, outcome } = await client.create(write.step.patch, { ...call, reference: write.link.reference });
    if (outcome === 'merged') await refuseTaken(deps, write, record.externalId);
    await settle(deps, write, { record, base: null, patch: write.step.patch });
    return { outcome: outcome === 'merged' ? 'adopted' : 'created' };
  }
  const base = found.isOurs ? (write.link.intent_payload ?? found.record.values) : found.record.values;
  const patch = patchBetween(write.step.projection, base);
  const record = isEmptyPatch(patch)
    ? found.record
    : (await client.update(found.record.externalId, patch, { ...call, version: found.record.version })).record;
  await settle(deps, write, { record, base, patch });
  return { outcome: 'adopted' };
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

/** Stores what is now known of the record. Of the fields we did not write, the shadow keeps what it was. */
function settle(
  deps: ActivityDeps,
  write: PlannedWrite,
  { record, base, patch }: { record: ProviderRecord; base: ProviderValues | null; patch: RecordPatch },
): Promise<void> {
  const { link, contactId, connected, cause } = write;
  return deps.db.transaction().execute(async (tx) => {
    const contact = await lockContact(tx, contactId);
    await saveKnown(tx, link.id, {
      state: 'linked',
      externalId: record.externalId,
      ...learn(base, patch, record.values, link.echo_pairs),
      version: record.version,
      remoteUpdatedAt: record.updatedAt,
      learnedBy: 'pushing',
    });
    await resolveAttempts(tx, link.id, 'landed');
    await recordHistory(tx, [
      { contactId, kind: 'pushed', actor: 'accord', provider: connected.provider.id, after: namesInPatch(patch), cause },
    ]);
    await settleStanding(tx, deps, contact);
  });
}

/** For the patched fields the provider's answer is the truth; where it differs from what was sent, the pair is remembered. */
function learn(base: ProviderValues | null, patch: RecordPatch, seen: ProviderValues, pairs: EchoPairs) {
  const shadow: ProviderValues = applyPatch(base, patch);
  const echoPairs = { ...pairs };
  for (const [field, sent] of Object.entries(patch.set) as [keyof RecordPatch['set'], unknown][]) {
    delete echoPairs[field];
    if (sameValue(field, sent, seen[field])) continue;
    echoPairs[field] = { sent, seen: seen[field] };
    Object.assign(shadow, { [field]: seen[field] });
  }
  return { shadow, echoPairs };
}

async function abandonIntent(deps: ActivityDeps, { link }: PlannedWrite): Promise<PushResult> {
  await resolveAttempts(deps.db, link.id, 'superseded');
  await saveKnown(deps.db, link.id, {
    state: 'detached',
    shadow: null,
    version: null,
    remoteUpdatedAt: null,
    learnedBy: 'pushing',
  });
  return { outcome: 'in-step' };
}

/** What a person changed there and this write replaces goes to the history, from where it can be put back. */
async function keepOverwritten(db: Database, write: PlannedWrite, record: ProviderRecord): Promise<void> {
  const { link, step, contactId, connected, cause } = write;
  const fields = (Object.keys(step.patch.set) as (keyof RecordPatch['set'])[]).filter(
    (field) =>
      !sameValue(field, record.values[field], link.shadow?.[field]) &&
      !sameValue(field, record.values[field], step.patch.set[field]),
  );
  await recordHistory(
    db,
    fields.map((field) => ({
      contactId,
      kind: 'conflict' as const,
      actor: 'accord',
      provider: connected.provider.id,
      field,
      before: record.values[field],
      after: step.patch.set[field],
      losing: record.values[field],
      cause,
    })),
  );
}

async function keepError(db: Database, { link, attemptId }: PlannedWrite, error: unknown): Promise<void> {
  if (isPermanent(error)) await refuseAttempt(db, attemptId);
  await keepLinkError(db, link.id, error);
}
