import { lockContact } from '../db/contacts.ts';
import type { Database } from '../db/database.ts';
import { recordHistory } from '../db/history.ts';
import { saveKnown } from '../db/links.ts';
import { refuseAttempt, resolveAttempts } from '../db/write-attempts.ts';
import type { ProviderValues, RecordPatch } from '../domain/contact.ts';
import { sameValue } from '../domain/equality.ts';
import { applyPatch, type EchoPairs, namesInPatch } from '../domain/patch.ts';
import type { ProviderRecord } from '../providers/provider.ts';
import type { ActivityDeps } from './deps.ts';
import { isPermanent } from './failures.ts';
import { keepLinkError } from './link-error.ts';
import type { PlannedWrite } from './plan-write.ts';
import { settleStanding } from './standing.ts';

/** Stores what is now known of the record. Of the fields we did not write, the shadow keeps what it was. */
export function settle(
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

/** There turned out to be nothing to make, and nothing of ours was made. */
export async function abandonIntent(deps: ActivityDeps, { link }: PlannedWrite): Promise<void> {
  await resolveAttempts(deps.db, link.id, 'superseded');
  await saveKnown(deps.db, link.id, {
    state: 'detached',
    shadow: null,
    version: null,
    remoteUpdatedAt: null,
    learnedBy: 'pushing',
  });
}

/** What a person changed there and this write replaces goes to the history, from where it can be put back. */
export async function keepOverwritten(db: Database, write: PlannedWrite, record: ProviderRecord): Promise<void> {
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

/** The attempt was refused, or its outcome is unknown; either way people can see why. */
export async function keepError(db: Database, { link, attemptId }: PlannedWrite, error: unknown): Promise<void> {
  if (isPermanent(error)) await refuseAttempt(db, attemptId);
  await keepLinkError(db, link.id, error);
}
