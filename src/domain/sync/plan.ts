import { type Audience, findPlacement, isExcludedCustomer, listManaged, type Subject } from '#domain/audience.ts';
import type { ProviderValues, RecordPatch } from '#domain/contact.ts';
import { withParts } from '#domain/name-parts.ts';
import { type EchoPairs, isEmptyPatch, patchBetween } from './patch.ts';
import { type Projection, projectContact, type Role, type Target } from './projection.ts';

/** The known state of a contact's record at one provider. */
export interface KnownRecord {
  state: 'none' | 'intent' | 'linked' | 'gone';
  shadow: ProviderValues | null;
  echoPairs: EchoPairs;
  /** Fields whose conflict waits for a person: the provider keeps its values. */
  held: readonly string[];
  /** The provider refused the last write, and will refuse it again until a person changes something. */
  failed: boolean;
  /** The contact has an older record at the provider, which is the primary one. Default: false. */
  isDouble?: boolean;
  /** A deletion elsewhere had it archived: audiences place it nowhere. Default: false. */
  isArchived?: boolean;
  /** It is about to be deleted, and written no more. Default: false. */
  isDoomed?: boolean;
  /** The contact may be another one that is known already, and a record made now would be its double. Default: false. */
  isAsked?: boolean;
}

export type Step =
  /**
   * `waits`: a record is wanted, and created once a person has decided that the contact is no double. `held`: the step that follows once
   * the account is live.
   */
  { kind: 'nothing'; waits?: true; held?: WriteStep } | WriteStep;

export interface WriteStep {
  kind: 'create' | 'update';
  projection: Projection;
  patch: RecordPatch;
}

/** The step at an account that must not be written to now. */
export function holdStep(step: Step): Step {
  return step.kind === 'nothing' ? step : { kind: 'nothing', held: step };
}

/** The step that follows now, or once the account is live. */
export function intendedStep(step: Step): Step {
  return step.kind === 'nothing' ? (step.held ?? step) : step;
}

/** The next step that brings the record at one provider in step with the contact. */
export function planStep(target: Target, audiences: readonly Audience[], subject: Subject, known: KnownRecord): Step {
  // A record that a person deleted at the provider stays deleted until a person restores it.
  if (known.state === 'gone' || known.isDoomed) return { kind: 'nothing' };
  const projection = projectContact({
    target,
    subject,
    // An audience places a contact once, or it would be dialled twice.
    placement: known.isDouble || known.isArchived ? null : findPlacement(target.provider, audiences, subject),
    managed: listManaged(target.provider, audiences),
    held: known.shadow,
  });
  // An unfinished create is finished even if the contact has left its audiences: a record that landed must be found and emptied.
  if (known.state === 'none' && !projection.wanted) return { kind: 'nothing' };
  if (known.state === 'none' && known.isAsked) return { kind: 'nothing', waits: true };
  if (known.state !== 'linked') {
    // A double is never created: the create that may have made it is only looked for.
    const wanted = projection.wanted && !known.isDouble && !known.isAsked;
    return { kind: 'create', projection: { ...projection, wanted }, patch: patchBetween(projection, null) };
  }
  // A member keeps the record of a deleted contact as it is, until a person decides.
  if (target.role !== 'audience' && subject.isDeleted) return { kind: 'nothing' };
  const patch = patchBetween(withoutFields(projection, known.held), known.shadow, known.echoPairs);
  return isEmptyPatch(patch) ? { kind: 'nothing' } : { kind: 'update', projection, patch };
}

function withoutFields(projection: Projection, fields: readonly string[]): Projection {
  const names = withParts(fields);
  return {
    ...projection,
    fields: Object.fromEntries(Object.entries(projection.fields).filter(([name]) => !names.includes(name))),
  };
}

export type SyncStatus = 'pending' | 'waiting' | 'held' | 'synced' | 'failed' | 'excluded_customer' | 'not_eligible';

/** The sync status of a contact, as `GET /sync/stats` counts it. */
export function syncStatusOf(
  audiences: readonly Audience[],
  subject: Subject,
  targets: { provider: string; step: Step; known: KnownRecord; role: Role }[],
): SyncStatus {
  if (targets.some(({ step, known }) => known.failed && step.kind !== 'nothing')) return 'failed';
  if (targets.some(({ step }) => step.kind !== 'nothing')) return 'pending';
  if (targets.some(({ step }) => step.kind === 'nothing' && step.waits)) return 'waiting';
  if (targets.some(({ step }) => step.kind === 'nothing' && step.held)) return 'held';
  const isPlaced = (provider: string) => findPlacement(provider, audiences, subject) !== null;
  if (targets.some(({ provider, known }) => known.state !== 'gone' && isPlaced(provider))) return 'synced';
  if (isExcludedCustomer(null, audiences, subject)) return 'excluded_customer';
  const members = targets.filter(({ role, known }) => role !== 'audience' && known.state === 'linked' && !known.isDouble);
  return members.length > 1 ? 'synced' : 'not_eligible';
}
