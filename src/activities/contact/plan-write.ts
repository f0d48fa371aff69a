import type { ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { RecordBusyError } from '#activities/failures.ts';
import { type ContactUnit, withContact } from '#contacts/contact-unit.ts';
import type { TargetPlan } from '#contacts/plan-targets.ts';
import { claimKeys, insertIntent, saveIntentPayload } from '#db/contacts/intents.ts';
import { takeLease } from '#db/contacts/leases.ts';
import type { OpenLink } from '#db/contacts/links.ts';
import { openAttempt } from '#db/contacts/write-attempts.ts';
import type { Database } from '#db/database.ts';
import type { ProviderValues } from '#domain/contact.ts';
import { applyPatch } from '#domain/patch.ts';
import type { Step } from '#domain/plan.ts';

/** Longer than one activity may run: while it lasts, nobody else writes to the record. */
const leaseSeconds = 45;

export const freed = { lease_owner: null, lease_until: null };

export interface PlannedWrite {
  contactId: string;
  connected: ConnectedProvider;
  link: OpenLink;
  /** The intent was opened just now, and says what this step would send. */
  isNew: boolean;
  step: Exclude<Step, { kind: 'nothing' }>;
  /** The row that says what is being sent; null as long as a create only looks whether there is something to send. */
  attemptId: string | null;
  cause: string;
  owner: string;
}

export interface WriteRequest {
  contactId: string;
  connected: ConnectedProvider;
  cause: string;
  /** Who holds the lease: the same for every attempt of one activity. */
  owner: string;
  /** The record was read just now: a vendor without preconditions has nothing better. */
  looked: boolean;
}

export type Plan =
  | { kind: 'nothing' }
  /** The vendor would overwrite unseen what others wrote: read it first. */
  | { kind: 'look'; link: OpenLink }
  | { kind: 'write'; write: PlannedWrite };

/** Decides and writes down what will be sent, in one transaction, before anything is sent. */
export function planWrite(deps: ActivityDeps, request: WriteRequest): Promise<Plan> {
  return withContact(deps, request, async (unit): Promise<Plan> => {
    const target = unit.targets().find(({ provider }) => provider === request.connected.provider.id);
    if (!target || target.step.kind === 'nothing') {
      // What a try of before held when it died.
      if (target?.link?.lease_owner === request.owner) unit.changeLink(target.link, freed);
      return { kind: 'nothing' };
    }
    if (!request.looked && mustLook(target)) return { kind: 'look', link: target.link as OpenLink };
    return { kind: 'write', write: await prepare(unit, request, target, target.step) };
  });
}

/** Tags and lists are added and removed one by one, which overwrites nothing. */
function mustLook({ step, link }: TargetPlan): boolean {
  return step.kind === 'update' && link?.version === null && Object.keys(step.patch.set).length > 0;
}

async function prepare(
  unit: ContactUnit,
  { connected, cause, owner }: WriteRequest,
  target: TargetPlan,
  step: PlannedWrite['step'],
): Promise<PlannedWrite> {
  const { tx, contact } = unit;
  const { provider, client } = connected;
  const isNew = step.kind === 'create' && target.known.state === 'none';
  const link = isNew
    ? await insertIntent(tx, {
        contactId: contact.id,
        provider: provider.id,
        accountId: client.accountId,
        generation: (target.link?.generation ?? 0) + 1,
        payload: createdValues(step),
        lease: { owner, seconds: leaseSeconds },
      })
    : (target.link as OpenLink);
  if (isNew) unit.addLink(link);
  const isAlone = isNew || (await takeLease(tx, link.id, owner, leaseSeconds));
  const isFree = isAlone && (step.kind === 'update' || (await claimKeys(tx, link, phonesOf(link.intent_payload))));
  if (!isFree) throw new RecordBusyError(`Another writer is at ${link.id}`);
  const write: PlannedWrite = { contactId: contact.id, connected, link, isNew, step, attemptId: null, cause, owner };
  if (step.kind === 'update') write.attemptId = await openWrite(tx, write, unit.deps.now());
  return write;
}

function openWrite(tx: Database, { link, step, cause }: PlannedWrite, now: Date): Promise<string> {
  const attempt = { linkId: link.id, operation: step.kind, patch: step.patch, baseVersion: link.version, cause };
  return openAttempt(tx, attempt, now);
}

/** Writes down what a create sends, just before it is sent. Of several the first counts: it may be the one that landed. */
export async function openCreate(deps: ActivityDeps, write: PlannedWrite): Promise<void> {
  if (write.isNew) {
    write.attemptId = await openWrite(deps.db, write, deps.now());
    return;
  }
  await deps.db.transaction().execute(async (tx) => {
    if (write.link.attempts.length === 0) await saveIntentPayload(tx, write.link.id, createdValues(write.step));
    write.attemptId = await openWrite(tx, write, deps.now());
  });
}

/** What the record would hold: also what was left blank was said. */
function createdValues({ projection, patch }: PlannedWrite['step']): ProviderValues {
  return { ...projection.fields, ...applyPatch(null, patch) };
}

/** By a phone number the provider might fold two people who are created at the same time into one record. */
function phonesOf(payload: ProviderValues | null): string[] {
  return (payload?.phones ?? []).flatMap(({ e164 }) => e164 ?? []);
}
