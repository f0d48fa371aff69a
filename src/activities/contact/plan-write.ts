import type { ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { RecordBusyError } from '#activities/failures.ts';
import { roleOf } from '#contacts/contact-deps.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import { withContact } from '#contacts/open-unit.ts';
import type { TargetPlan } from '#contacts/plan/plan-targets.ts';
import { claimPhonesForCreate, insertIntent } from '#db/contacts/intents.ts';
import { takeLease } from '#db/contacts/leases.ts';
import type { OpenLink } from '#db/contacts/links.ts';
import { openAttemptOfIntent, openUpdateAttempt } from '#db/contacts/write-attempts.ts';
import type { Database } from '#db/database.ts';
import { type ProviderValues, pickFields, type RecordPatch, valueNames } from '#domain/contact.ts';
import { type ReachKeys, type RefusalKey, toReachKeys } from '#domain/refusal.ts';
import { applyPatch } from '#domain/sync/patch.ts';
import type { WriteStep } from '#domain/sync/plan.ts';

/** Longer than one activity may run, so that a record has one writer at a time. */
export const leaseSeconds = 45;

export const releasedLease = { lease_owner: null, lease_until: null };

export interface PlannedWrite {
  contactId: string;
  connected: ConnectedProvider;
  link: OpenLink;
  /** This plan opened the intent, with the payload of its step. */
  isNew: boolean;
  step: WriteStep;
  /** The keys that a dialer would call, which are looked up again just before a create; null where nobody is dialled from. */
  dialled: ReachKeys | null;
  /** The open row of `write_attempt`; null for a create until its search has found no record. */
  attemptId: string | null;
  cause: string;
  owner: string;
}

/** A write as far as its answer is concerned. */
export type SentWrite = Pick<PlannedWrite, 'link' | 'cause' | 'attemptId'> & { step: Pick<WriteStep, 'kind' | 'patch'> };

export interface WriteRequest {
  contactId: string;
  connected: ConnectedProvider;
  cause: string;
  /** The owner of the lease: the same for every attempt of one activity. */
  owner: string;
  /** The link whose record was read just now, which stands in for a precondition where the vendor has none. */
  justReadId: string | null;
  /** Links that this push is done with: in step, missing, or refused. */
  except: ReadonlySet<string>;
}

export type WritePlan =
  | { kind: 'nothing' }
  /** Without a read the write would overwrite changes that others made. */
  | { kind: 'read-first'; link: OpenLink; record: PlannedRecord }
  | { kind: 'write'; write: PlannedWrite; record: PlannedRecord }
  | { kind: 'remove'; record: PlannedRecord };

export interface PlannedRecord {
  linkId: string;
  isDouble: boolean;
  /** The contact has other records at the provider, which may need a write after this one. */
  hasOthers: boolean;
}

/**
 * Plans the next write at the provider, takes the lease and opens the attempt, in one transaction before anything is sent. A contact
 * with several records there has several plans; the primary record comes first.
 */
export function planWrite(deps: ActivityDeps, request: WriteRequest): Promise<WritePlan> {
  return withContact(deps, request, async (unit): Promise<WritePlan> => {
    const here = unit.targetsAt(request.connected.provider.id);
    releaseOwn(unit, here, request.owner);
    const doomed = findDoomed(unit, request);
    if (doomed) return { kind: 'remove', record: { linkId: doomed.id, isDouble: false, hasOthers: here.length > 1 } };
    const target = here.find(({ step, link }) => step.kind !== 'nothing' && !(link && request.except.has(link.id)));
    if (!target || target.step.kind === 'nothing') return { kind: 'nothing' };
    const { step, link, known } = target;
    const record = { isDouble: known.isDouble === true, hasOthers: here.length > 1 };
    if (link && link.id !== request.justReadId && mustReadFirst(step, link))
      return { kind: 'read-first', link, record: { ...record, linkId: link.id } };
    const write = await prepare(unit, request, target, step);
    return { kind: 'write', write, record: { ...record, linkId: write.link.id } };
  });
}

/** A record that is to be deleted, or whose deletion an earlier attempt has begun. */
function findDoomed(unit: ContactUnit, { connected, except }: WriteRequest): OpenLink | undefined {
  const { id } = connected.provider;
  return unit.doomed().find((link) => link.provider === id && !except.has(link.id));
}

/** Releases leases that an earlier attempt of this activity left when it died. */
function releaseOwn(unit: ContactUnit, targets: readonly TargetPlan[], owner: string): void {
  for (const { link, step } of targets) {
    if (link?.lease_owner === owner && step.kind === 'nothing') unit.changeLink(link, releasedLease);
  }
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
      createdAt: unit.deps.now(),
      lease: { owner, seconds: leaseSeconds },
    }));
  const isNew = existing === null;
  if (isNew) unit.addLink(link);
  const isLeased = isNew || (await takeLease(tx, link.id, owner, leaseSeconds));
  const isFree = isLeased && (step.kind === 'update' || (await claimPhonesForCreate(tx, link, phonesOf(link.intent_payload))));
  if (!isFree)
    throw new RecordBusyError(`Another writer holds the lease of link ${link.id}, or is creating a record with its phone number`);
  const dialled = roleOf(unit.deps, provider.id) === 'audience' ? toDialledKeys(unit) : null;
  const write: PlannedWrite = { contactId: contact.id, connected, link, isNew, step, dialled, attemptId: null, cause, owner };
  if (step.kind === 'update') {
    const options = { goLiveOf: provider.id, now: unit.deps.now() };
    write.attemptId = await openAttempt(tx, { link, patch: step.patch, cause }, options);
  }
  return write;
}

function toDialledKeys({ contact, deps }: ContactUnit): ReachKeys {
  const { all, ofPeople } = toReachKeys(contact.fields, deps.ownAddresses);
  const isCall = ({ channel }: RefusalKey) => channel === 'call';
  return { all: all.filter(isCall), ofPeople: ofPeople.filter(isCall) };
}

/** `goLiveOf`: the account of the go-live that the update belongs to; null for one that takes a go-live back. */
export function openAttempt(
  tx: Database,
  { link, patch, cause }: { link: OpenLink; patch: RecordPatch; cause: string },
  { goLiveOf, now }: { goLiveOf: string | null; now: Date },
): Promise<string> {
  const before = pickFields(link.shadow ?? {}, valueNames(patch.set));
  return openUpdateAttempt(tx, { linkId: link.id, patch, before, baseVersion: link.version, cause, goLiveOf }, now);
}

/**
 * Opens the attempt of a create just before it is sent. The intent keeps the payload of the first one, which may have landed. Throws
 * when the intent has ended since it was planned: the contact has got a record there, and a create would make another one. Also when
 * somebody paused the account meanwhile, or refused calls to the number: the search before a create takes its time.
 */
export async function openCreateAttempt(deps: ActivityDeps, write: PlannedWrite): Promise<void> {
  const { link, step, cause } = write;
  const isFirst = write.isNew || link.attempts.length === 0;
  const payload = isFirst && !write.isNew ? createdValues(step) : null;
  const attempt = { linkId: link.id, patch: step.patch, baseVersion: link.version, cause };
  write.attemptId = await openAttemptOfIntent(deps.db, attempt, {
    ...{ payload, startedAt: deps.now(), unlessRefused: write.dialled },
  });
  if (write.attemptId === null)
    throw new RecordBusyError(
      `Intent ${link.id} has ended: the contact has a record, must not be called, or the account is not written to any more`,
    );
}

/** The values of the created record. Blank ones are included: the base of a merge must show that they were sent blank. */
function createdValues({ projection, patch }: WriteStep): ProviderValues {
  return { ...projection.fields, ...applyPatch(null, patch) };
}

/** A provider may fold two people with one phone number into one record when they are created at the same time. */
function phonesOf(payload: ProviderValues | null): string[] {
  return (payload?.phones ?? []).flatMap(({ e164 }) => e164 ?? []);
}
