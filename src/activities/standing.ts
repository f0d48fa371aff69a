import { type StoredContact, setSyncStatus } from '../db/contacts.ts';
import type { Database } from '../db/database.ts';
import { type Link, listLinks } from '../db/links.ts';
import { type Subject, targetProviders } from '../domain/audience.ts';
import { type KnownRecord, planStep, type Step, standingOf } from '../domain/plan.ts';
import { type ActivityDeps, getConnected } from './deps.ts';

/** What is to be done for a contact at each target, by provider id. */
export interface TargetStanding {
  provider: string;
  step: Step;
  known: KnownRecord;
  link: Link | null;
}

/** Plans every connected target of a contact, and stores in one word where the contact stands. */
export async function settleStanding(db: Database, deps: ActivityDeps, contact: StoredContact): Promise<TargetStanding[]> {
  const links = await listLinks(db, contact.id);
  const subject = toSubject(contact);
  const targets = targetProviders(deps.audiences)
    .filter((id) => deps.providers.has(id))
    .map((id) => planTarget(deps, subject, id, links));
  await setSyncStatus(db, contact.id, standingOf(deps.audiences, subject, targets));
  return targets;
}

export function toSubject(contact: StoredContact): Subject {
  return { fields: contact.fields, isCustomer: contact.isCustomer, isDeleted: contact.isDeleted };
}

function planTarget(deps: ActivityDeps, subject: Subject, provider: string, links: Link[]): TargetStanding {
  const link = newestLink(links, provider);
  const known = toKnownRecord(link);
  const { provider: facts, fitValues } = getConnected(deps, provider);
  const target = { provider, holds: facts.fields, createOnly: facts.createOnlyFields ?? [], fitValues };
  return { provider, link, known, step: planStep(target, deps.audiences, subject, known) };
}

function newestLink(links: Link[], provider: string): Link | null {
  return links.filter((link) => link.provider === provider).at(-1) ?? null;
}

function toKnownRecord(link: Link | null): KnownRecord {
  const states = { intent: 'intent', linked: 'linked', quarantined: 'gone', tombstoned: 'gone', detached: 'none' } as const;
  return {
    state: link === null ? 'none' : states[link.state],
    shadow: link?.shadow ?? null,
    echoPairs: link?.echo_pairs ?? {},
    failed: link?.last_error?.permanent === true,
  };
}
