import type { ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { RecordBusyError } from '#activities/failures.ts';
import { type ContactUnit, withContact } from '#contacts/contact-unit.ts';
import type { TargetPlan } from '#contacts/plan-targets.ts';
import { claimPhonesForCreate, insertIntent, saveIntentPayload } from '#db/contacts/intents.ts';
import { takeLease } from '#db/contacts/leases.ts';
import type { OpenLink } from '#db/contacts/links.ts';
import { openAttempt } from '#db/contacts/write-attempts.ts';
import type { Database } from '#db/database.ts';
import type { ProviderValues } from '#domain/contact.ts';
import { applyPatch } from '#domain/patch.ts';
import type { Step } from '#domain/plan.ts';

/** Longer than one activity may run, so that a record has one writer at a time. */
const leaseSeconds = 45;

export const releasedLease = { lease_owner: null, lease_until: null };

type WriteStep = Exclude<Step, { kind: 'nothing' }>;

export interface PlannedWrite {
  contactId: string;
  connected: ConnectedProvider;
  link: OpenLink;
  /** This plan opened the intent, with the payload of its step. */
  isNew: boolean;
  step: WriteStep;
  /** The open row of `write_attempt`; null for a create until its search has found no record. */
  attemptId: string | null;
  cause: string;
  owner: string;
}

export interface WriteRequest {
  contactId: string;
  connected: ConnectedProvider;
  cause: string;
  /** The owner of the lease: the same for every attempt of one activity. */
  owner: string;
  /** The record was read just now, which stands in for a precondition where the vendor has none. */
  isJustRead: boolean;
}

export type WritePlan =
  | { kind: 'nothing' }
  /** Without a read the write would overwrite changes that others made. */
  | { kind: 'read-first'; link: OpenLink }
  | { kind: 'write'; write: PlannedWrite };

/** Plans the write, takes the lease and opens the attempt, in one transaction before anything is sent. */
export function planWrite(deps: ActivityDeps, request: WriteRequest): Promise<WritePlan> {
  return withContact(deps, request, async (unit): Promise<WritePlan> => {
    const target = unit.targets().find(({ provider }) => provider === request.connected.provider.id);
    if (!target || target.step.kind === 'nothing') {
      // Left by an earlier attempt of this activity that died.
      if (target?.link?.lease_owner === request.owner) unit.changeLink(target.link, releasedLease);
      return { kind: 'nothing' };
    }
    const { step, link } = target;
    if (link && !request.isJustRead && mustReadFirst(step, link)) return { kind: 'read-first', link };
    return { kind: 'write', write: await prepare(unit, request, target, step) };
  });
}

/**
 * Only fields can be overwritten: tags and lists are added and removed one by one. A version says nothing of a field that was never
 * read, as after an upgrade that adds it.
 */
function mustReadFirst(step: WriteStep, { version, shadow }: OpenLink): boolean {
  const fields = Object.keys(step.patch.set);
  return step.kind === 'update' && fields.length > 0 && (version === null || fields.some((field) => !(field in (shadow ?? {}))));
}

async function prepare(
  unit: ContactUnit,
  { connected, cause, owner }: WriteRequest,
  target: TargetPlan,
  step: WriteStep,
): Promise<PlannedWrite> {
  const { tx, contact } = unit;
  const { provider, client } = connected;
  const existing = target.known.state === 'none' ? null : target.link;
  const link =
    existing ??
    (await insertIntent(tx, {
      contactId: contact.id,
      provider: provider.id,
      accountId: client.accountId,
      generation: (target.link?.generation ?? 0) + 1,
      payload: createdValues(step),
      lease: { owner, seconds: leaseSeconds },
    }));
  const isNew = existing === null;
  if (isNew) unit.addLink(link);
  const isLeased = isNew || (await takeLease(tx, link.id, owner, leaseSeconds));
  const isFree = isLeased && (step.kind === 'update' || (await claimPhonesForCreate(tx, link, phonesOf(link.intent_payload))));
  if (!isFree)
    throw new RecordBusyError(`Another writer holds the lease of link ${link.id}, or is creating a record with its phone number`);
  const write: PlannedWrite = { contactId: contact.id, connected, link, isNew, step, attemptId: null, cause, owner };
  if (step.kind === 'update') write.attemptId = await openStepAttempt(tx, write, unit.deps.now());
  return write;
}

function openStepAttempt(tx: Database, { link, step, cause }: PlannedWrite, now: Date): Promise<string> {
  const attempt = { linkId: link.id, operation: step.kind, patch: step.patch, baseVersion: link.version, cause };
  return openAttempt(tx, attempt, now);
}

/** Opens the attempt of a create just before it is sent. The intent keeps the payload of the first one, which may have landed. */
export async function openCreateAttempt(deps: ActivityDeps, write: PlannedWrite): Promise<void> {
  if (write.isNew) {
    write.attemptId = await openStepAttempt(deps.db, write, deps.now());
    return;
  }
  await deps.db.transaction().execute(async (tx) => {
    if (write.link.attempts.length === 0) await saveIntentPayload(tx, write.link.id, createdValues(write.step));
    write.attemptId = await openStepAttempt(tx, write, deps.now());
  });
}

/** The values of the created record. Blank ones are included: the base of a merge must show that they were sent blank. */
function createdValues({ projection, patch }: WriteStep): ProviderValues {
  return { ...projection.fields, ...applyPatch(null, patch) };
}

/** A provider may fold two people with one phone number into one record when they are created at the same time. */
function phonesOf(payload: ProviderValues | null): string[] {
  return (payload?.phones ?? []).flatMap(({ e164 }) => e164 ?? []);
}
