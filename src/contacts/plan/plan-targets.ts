import { type ContactDeps, getConnected, roleOf } from '#contacts/contact-deps.ts';
import { linksAt } from '#contacts/links-at.ts';
import type { StoredContact } from '#db/contacts/contacts.ts';
import type { OpenLink } from '#db/contacts/links.ts';
import type { OpenQuestion } from '#db/contacts/matching/open-questions.ts';
import type { Subject } from '#domain/audience.ts';
import { type ContactSets, itemKeys, type SetField, setFields } from '#domain/equality.ts';
import type { HeldRefusal } from '#domain/refusal.ts';
import { holdStep, type KnownRecord, planStep, type Step } from '#domain/sync/plan.ts';
import type { Role } from '#domain/sync/projection.ts';

/** The next step for one record of a contact, or for the record that it lacks, at one provider. */
export interface TargetPlan {
  provider: string;
  role: Role;
  step: Step;
  known: KnownRecord;
  link: OpenLink | null;
}

interface PlanConditions {
  provider: string;
  /** A create waits for a decision about the contact. */
  isAsked: boolean;
  /** The account may be written to for this contact. */
  isLive: boolean;
}

/** Plans one connected provider: the primary record first, then each double. Nothing for a provider that takes no contacts. */
export function planTargets(
  deps: ContactDeps,
  subject: Subject,
  links: OpenLink[],
  { provider, isAsked, isLive }: PlanConditions,
): TargetPlan[] {
  const role = roleOf(deps, provider);
  if (role === null) return [];
  const { primary, doubles } = linksAt(links, provider);
  const plan = (link: OpenLink | null, isDouble: boolean) => {
    const target = planTarget(deps, subject, { provider, role }, { ...toKnownRecord(link), isDouble, isAsked }, link);
    return isLive ? target : { ...target, step: holdStep(target.step) };
  };
  return [plan(primary, false), ...doubles.map((link) => plan(link, true))];
}

/**
 * Whether a create at the provider waits for a decision. While two contacts may be one person, the newer one is copied nowhere, and the
 * older one not to where the newer one is: one of the two records would be a double. Ids are UUIDv7, which sort by age.
 */
export function isAskedAt(contactId: string, questions: readonly OpenQuestion[], provider: string): boolean {
  return questions.some(({ otherId, providers }) => otherId < contactId || providers.includes(provider));
}

/** The part of a contact that audience rules apply to. */
export function toSubject(contact: StoredContact, refused: readonly HeldRefusal[]): Subject {
  const { fields, isCustomer, isDeleted } = contact;
  return { fields, isCustomer, isDeleted, refused, firstMatters: setFields.filter((field) => isFirstChosen(field, contact)) };
}

/** Whether the first item of the set was put there on purpose. */
function isFirstChosen<Field extends SetField>(field: Field, { fields, provenance }: StoredContact): boolean {
  const { [field]: items }: ContactSets = fields;
  const [first] = items;
  return first !== undefined && provenance[field]?.first === itemKeys[field](first);
}

function planTarget(
  deps: ContactDeps,
  subject: Subject,
  { provider, role }: { provider: string; role: Role },
  known: KnownRecord,
  link: OpenLink | null,
): TargetPlan {
  const { provider: facts, accepts, fitValues } = getConnected(deps, provider);
  const target = { provider, role, holds: facts.fields, accepts, fitValues };
  return { provider, role, link, known, step: planStep(target, deps.audiences, subject, known) };
}

function toKnownRecord(link: OpenLink | null): KnownRecord {
  const states = { intent: 'intent', linked: 'linked', tombstoned: 'gone', detached: 'none' } as const;
  return {
    state: link === null ? 'none' : states[link.state],
    shadow: link?.shadow ?? null,
    echoPairs: link?.echo_pairs ?? {},
    held: Object.keys(link?.held ?? {}),
    failed: link?.last_error?.permanent === true,
    isArchived: link !== null && link.archived_at !== null,
    isDoomed: link !== null && link.removal_id !== null,
  };
}
