import { type Audience, isExcludedCustomer, managedBy, placementFor, type Subject } from './audience.ts';
import type { ProviderValues, RecordPatch } from './contact.ts';
import { type EchoPairs, isEmptyPatch, patchBetween } from './patch.ts';
import { type Projection, projectContact, type Role, type Target } from './projection.ts';

/** What is known of a contact's record at one provider. */
export interface KnownRecord {
  state: 'none' | 'intent' | 'linked' | 'gone';
  shadow: ProviderValues | null;
  echoPairs: EchoPairs;
  /** Fields whose conflict waits for a person: what the provider holds stays. */
  held: readonly string[];
  /** The last write was refused, and will be until a person changes something. */
  failed: boolean;
}

export type Step =
  | { kind: 'nothing'; because: 'in-step' | 'not-wanted' | 'deleted-there' }
  | { kind: 'create'; projection: Projection; patch: RecordPatch }
  | { kind: 'update'; projection: Projection; patch: RecordPatch };

/** What must be done at one provider so that it shows the contact as it should. */
export function planStep(target: Target, audiences: readonly Audience[], subject: Subject, known: KnownRecord): Step {
  // A record that a person deleted there stays deleted until a person restores it.
  if (known.state === 'gone') return { kind: 'nothing', because: 'deleted-there' };
  const projection = projectContact({
    target,
    subject,
    placement: placementFor(target.provider, audiences, subject),
    managed: managedBy(target.provider, audiences),
  });
  // An unfinished create is finished even for someone who left meanwhile: it may have landed, and must then be found and emptied.
  if (known.state === 'none' && !projection.wanted) return { kind: 'nothing', because: 'not-wanted' };
  if (known.state !== 'linked') return { kind: 'create', projection, patch: patchBetween(projection, null) };
  // Of somebody who is deleted here, a member keeps what it has: what becomes of that is for a person to say.
  if (target.role !== 'audience' && subject.isDeleted) return { kind: 'nothing', because: 'not-wanted' };
  const patch = patchBetween(withoutFields(projection, [...target.createOnly, ...known.held]), known.shadow, known.echoPairs);
  return isEmptyPatch(patch) ? { kind: 'nothing', because: 'in-step' } : { kind: 'update', projection, patch };
}

function withoutFields(projection: Projection, names: readonly string[]): Projection {
  return {
    ...projection,
    fields: Object.fromEntries(Object.entries(projection.fields).filter(([name]) => !names.includes(name))),
  };
}

export type SyncStatus = 'pending' | 'synced' | 'failed' | 'excluded_customer' | 'not_eligible';

/** The sync status of a contact, as `GET /sync/stats` counts it. */
export function syncStatusOf(
  audiences: readonly Audience[],
  subject: Subject,
  targets: { provider: string; step: Step; known: KnownRecord; role: Role }[],
): SyncStatus {
  if (targets.some(({ step, known }) => known.failed && step.kind !== 'nothing')) return 'failed';
  if (targets.some(({ step }) => step.kind !== 'nothing')) return 'pending';
  const isPlaced = (provider: string) => placementFor(provider, audiences, subject) !== null;
  if (targets.some(({ provider, known }) => known.state !== 'gone' && isPlaced(provider))) return 'synced';
  if (isExcludedCustomer(null, audiences, subject)) return 'excluded_customer';
  const members = targets.filter(({ role, known }) => role !== 'audience' && known.state === 'linked');
  return members.length > 1 ? 'synced' : 'not_eligible';
}
