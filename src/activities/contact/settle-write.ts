import type { ActivityDeps } from '#activities/deps.ts';
import { didNotLand } from '#activities/failures.ts';
import { openUnit, withContact } from '#contacts/contact-unit.ts';
import { listLinksByExternalIds, saveLink } from '#db/contacts/links.ts';
import { resolveAttempts } from '#db/contacts/write-attempts.ts';
import type { Database } from '#db/database.ts';
import type { ProviderValues } from '#domain/contact.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { absorbRecord } from './absorb-record.ts';
import type { OwnRecord } from './adopt-record.ts';
import { joinContacts } from './join-contacts.ts';
import { keepLinkError } from './link-error.ts';
import { freed, type PlannedWrite } from './plan-write.ts';

/**
 * Stores the answer to a write: what we sent is known to be there, and what others changed meanwhile is merged. Returns the
 * providers that are out of step by it.
 */
export function settle(
  deps: ActivityDeps,
  write: PlannedWrite,
  { record, base }: { record: ProviderRecord; base?: ProviderValues | null },
): Promise<string[]> {
  const { link: planned, contactId, cause, step } = write;
  return inOneGo(deps, async (tx) => {
    const isJoined = step.kind === 'create' && (await takeOver(tx, deps, write, record.externalId));
    const unit = await openUnit(tx, deps, { contactId, cause });
    const link = unit.getLink(planned.id);
    absorbRecord(unit, link, record, { written: step.patch, ...(base !== undefined && { base }) });
    unit.changeLink(link, freed);
    await unit.save();
    return isJoined ? unit.outOfStep() : unit.newlyOutOfStep();
  });
}

/** A record that exists already is the contact's own: what it says is merged, and the rest is written by the next step. */
export function adopt(deps: ActivityDeps, write: PlannedWrite, { record, isOurs }: OwnRecord): Promise<string[]> {
  const { link: planned, contactId, cause } = write;
  return inOneGo(deps, async (tx) => {
    const isJoined = await takeOver(tx, deps, write, record.externalId);
    const unit = await openUnit(tx, deps, { contactId, cause });
    const link = unit.getLink(planned.id);
    if (!isOurs) {
      unit.resolve(link, link.attempts, 'superseded');
      unit.changeLink(link, { origin: 'provider' });
    }
    absorbRecord(unit, link, record, { base: isOurs ? link.intent_payload : null });
    unit.changeLink(link, freed);
    await unit.save();
    return isJoined ? unit.outOfStep() : unit.newlyOutOfStep();
  });
}

/** In one transaction; anew when a webhook claims the record just while it runs, which the next try then sees. */
async function inOneGo<T>({ db }: ActivityDeps, work: (tx: Database) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (tries === mostTries || !isClaimedMeanwhile(error)) throw error;
    }
  }
}

const mostTries = 3;

function isClaimedMeanwhile(error: unknown): boolean {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return code === '23505' && constraint === 'link_external_id';
}

/** A webhook may have told of the record before its create was answered: then it has a link, and a contact, of its own, which is joined. */
async function takeOver(tx: Database, deps: ActivityDeps, write: PlannedWrite, externalId: string): Promise<boolean> {
  const { link, contactId, cause } = write;
  const [claimed] = await listLinksByExternalIds(tx, link.provider, link.account_id, [externalId]);
  if (!claimed || claimed.id === link.id) return false;
  await saveLink(tx, claimed.id, { state: 'detached', external_id: null });
  await joinContacts(tx, deps, { survivorId: contactId, otherId: claimed.contact_id, why: 'made by our own create', cause });
  return true;
}

/** There turned out to be nothing to make, and nothing of ours was made. */
export function abandonIntent(deps: ActivityDeps, { contactId, link: { id }, cause }: PlannedWrite): Promise<void> {
  return withContact(deps, { contactId, cause }, (unit) => {
    const link = unit.getLink(id);
    unit.resolve(link, link.attempts, 'superseded');
    unit.changeLink(link, { ...freed, state: 'detached', intent_payload: null, last_error: null, pushed_at: deps.now() });
  });
}

/** The attempt was refused, or its outcome is unknown; either way people can see why. */
export async function keepError(deps: ActivityDeps, { link, attemptId }: PlannedWrite, error: unknown): Promise<void> {
  if (attemptId !== null && didNotLand(error)) await resolveAttempts(deps.db, [attemptId], 'refused');
  await keepLinkError(deps, link.id, error);
}
