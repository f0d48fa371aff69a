import { type ContactDeps, roleOf } from '#contacts/contact-deps.ts';
import type { AccountMode } from '#domain/account-mode.ts';
import type { RecordPatch } from '#domain/contact.ts';
import { intendedStep } from '#domain/sync/plan.ts';
import { type PlannedContact, planContacts } from './plan-contacts.ts';
import type { TargetPlan } from './plan-targets.ts';

/** The planned action for one contact at one account. */
export interface PlanEntry {
  contactId: string;
  name: string | null;
  provider: string;
  action: PlanAction;
  /** Null for a record that would be created, and where there is none. */
  externalId: string | null;
  /** The fields that an update or a create would write; empty otherwise. */
  patch: RecordPatch;
}

/**
 * `create`, `update`: a write. `in-step`: the record needs none. `ask`: a record is wanted, and a person must say first whether the contact
 * is a double. `failed`: the vendor refused the last write. `deleted`: somebody deleted the record there. `not-wanted`: no audience or
 * sharing rule wants a record.
 */
export const planActions = ['create', 'update', 'in-step', 'ask', 'failed', 'deleted', 'not-wanted'] as const;

export type PlanAction = (typeof planActions)[number];

export interface AccountPlan {
  provider: string;
  mode: AccountMode | null;
  counts: Record<PlanAction, number>;
  /** Contacts that have a record here and another one elsewhere, or a second one here. */
  recognised: number;
  /** How many contacts would get each tag, for the most frequent tags. Tags may start a vendor's automations. */
  addedTags: Record<string, number>;
  /** The first entries of each kind of write. */
  samples: PlanEntry[];
}

const samplesPerAction = 5;

/** Counts the planned actions at each account that takes contacts, as if all accounts were live. */
export async function planAccounts(deps: ContactDeps, modes: ReadonlyMap<string, AccountMode>): Promise<AccountPlan[]> {
  const ids = [...deps.providers.keys()].filter((id) => roleOf(deps, id) !== null);
  const plans = new Map(ids.map((id) => [id, emptyPlan(id, modes.get(id) ?? null)]));
  for await (const page of planContacts(deps)) {
    for (const planned of page) {
      for (const entry of toEntries(planned)) count(plans.get(entry.provider), entry);
      for (const provider of recognisedAt(planned)) {
        const plan = plans.get(provider);
        if (plan) plan.recognised += 1;
      }
    }
  }
  return [...plans.values()].map((plan) => ({ ...plan, addedTags: mostFrequent(plan.addedTags) }));
}

const shownTags = 20;

function mostFrequent(counts: Record<string, number>): Record<string, number> {
  const sorted = Object.entries(counts).toSorted(([, one], [, other]) => other - one);
  return Object.fromEntries(sorted.slice(0, shownTags));
}

/** Every entry of the plan, page by page. */
export async function* planEntries(deps: ContactDeps): AsyncGenerator<PlanEntry[]> {
  for await (const page of planContacts(deps)) yield page.flatMap(toEntries);
}

function emptyPlan(provider: string, mode: AccountMode | null): AccountPlan {
  const counts = { create: 0, update: 0, 'in-step': 0, ask: 0, failed: 0, deleted: 0, 'not-wanted': 0 };
  return { provider, mode, counts, recognised: 0, addedTags: {}, samples: [] };
}

function count(plan: AccountPlan | undefined, entry: PlanEntry): void {
  if (!plan) return;
  plan.counts[entry.action] += 1;
  for (const tag of entry.patch.addTags) plan.addedTags[tag] = (plan.addedTags[tag] ?? 0) + 1;
  const isWrite = entry.action === 'create' || entry.action === 'update';
  const isSample = isWrite && plan.counts[entry.action] <= samplesPerAction;
  if (isSample) plan.samples.push(entry);
}

function toEntries({ contact, targets }: PlannedContact): PlanEntry[] {
  const { givenName, familyName, company } = contact.fields;
  const name = [givenName, familyName].filter(Boolean).join(' ') || company;
  return targets.map((target) => {
    const action = toAction(target);
    const step = intendedStep(target.step);
    const isWrite = action === 'create' || action === 'update';
    return {
      ...{ contactId: contact.id, name, provider: target.provider, action },
      externalId: action === 'create' ? null : (target.link?.external_id ?? null),
      patch: isWrite && step.kind !== 'nothing' ? step.patch : emptyPatch,
    };
  });
}

const emptyPatch: RecordPatch = { set: {}, addTags: [], removeTags: [], addLists: [], removeLists: [] };

function toAction({ step, known }: TargetPlan): PlanAction {
  if (known.state === 'gone') return 'deleted';
  const intended = intendedStep(step);
  if (intended.kind !== 'nothing') return known.failed ? 'failed' : intended.kind;
  if (intended.waits) return 'ask';
  return known.state === 'linked' ? 'in-step' : 'not-wanted';
}

/** The providers that have a record of a person with several records. */
function recognisedAt({ links }: PlannedContact): Set<string> {
  const records = links.filter(({ state }) => state === 'linked');
  return new Set(records.length > 1 ? records.map(({ provider }) => provider) : []);
}
