import type { OperationNodeSource } from 'kysely';
import { type ActivityDeps, getConnected } from '#activities/deps.ts';
import { lockContact, type StoredContact, updateContact, updateSyncStatus } from '#db/contacts/contacts.ts';
import { type HistoryEntry, insertHistory } from '#db/contacts/history.ts';
import { saveKeys } from '#db/contacts/identity-keys.ts';
import { type LinkChange, listOpenLinks, type OpenAttempt, type OpenLink, saveLink, updateLink } from '#db/contacts/links.ts';
import { type AttemptOutcome, updateAttempts } from '#db/contacts/write-attempts.ts';
import type { Database } from '#db/database.ts';
import { executeTogether } from '#db/execute-together.ts';
import type { ProviderValues } from '#domain/contact.ts';
import type { LeadChange } from '#domain/delivery/lead-event.ts';
import { sameValue } from '#domain/equality.ts';
import { identityKeys } from '#domain/match.ts';
import { standingOf } from '#domain/plan.ts';
import { planTargets, type TargetStanding, toSubject } from './plan-targets.ts';
import { tellOfLead } from './tell-of-lead.ts';

type ContactChange = Partial<Pick<StoredContact, 'fields' | 'provenance' | 'isDeleted'>>;

/**
 * One contact and its links, in memory, under a lock. What is changed here is seen by all that is planned after it, and written
 * in as few statements as it takes, when the work is done.
 */
export class ContactUnit {
  readonly tx: Database;
  readonly deps: ActivityDeps;
  /** Workflow and run, for the history. */
  readonly cause: string;
  readonly links: OpenLink[];
  contact: StoredContact;
  readonly #before: StoredContact;
  readonly #linkChanges = new Map<string, LinkChange>();
  readonly #resolved = new Map<AttemptOutcome, string[]>();
  readonly #history: HistoryEntry[] = [];
  readonly #merged: string[] = [];
  #planned: TargetStanding[] | null = null;

  constructor({ tx, deps, cause, contact, links }: Pick<ContactUnit, 'tx' | 'deps' | 'cause' | 'contact' | 'links'>) {
    this.tx = tx;
    this.deps = deps;
    this.cause = cause;
    this.contact = contact;
    this.#before = contact;
    this.links = links;
  }

  getLink(id: string): OpenLink {
    const link = this.links.find((each) => each.id === id);
    if (!link) throw new Error(`Contact ${this.contact.id} has no link ${id}`);
    return link;
  }

  changeContact(change: ContactChange): void {
    this.#planned = null;
    this.contact = { ...this.contact, ...change };
  }

  /** Another lead turned out to be this one. */
  absorb(contactId: string): void {
    this.#merged.push(contactId);
  }

  addLink(link: OpenLink): void {
    this.#planned = null;
    this.links.push(link);
  }

  changeLink(link: OpenLink, change: LinkChange): void {
    this.#planned = null;
    Object.assign(link, change);
    this.#linkChanges.set(link.id, { ...this.#linkChanges.get(link.id), ...change });
  }

  resolve(link: OpenLink, attempts: readonly OpenAttempt[], outcome: AttemptOutcome): void {
    const ids = attempts.map(({ id }) => id);
    this.#resolved.set(outcome, [...(this.#resolved.get(outcome) ?? []), ...ids]);
    link.attempts = link.attempts.filter(({ id }) => !ids.includes(id));
  }

  /** The cause is this run, where the entry names no other. */
  note(...entries: Omit<HistoryEntry, 'contactId'>[]): void {
    this.#history.push(...entries.map((entry) => ({ cause: this.cause, ...entry, contactId: this.contact.id })));
  }

  /** What is to be done for the contact at each provider, as things stand. */
  targets(): TargetStanding[] {
    this.#planned ??= planTargets(this.deps, this.contact, this.links);
    return this.#planned;
  }

  /** Providers whose record is not what it should be. */
  outOfStep(): string[] {
    return this.targets().flatMap(({ provider, step }) => (step.kind === 'nothing' ? [] : [provider]));
  }
  /** Those who are out of step by what this work changed. Who was before it, is on the list of whoever found that out. */
  newlyOutOfStep(): string[] {
    return this.#isChanged() ? this.outOfStep() : [];
  }

  async save(): Promise<void> {
    const { tx, contact } = this;
    const { id } = contact;
    this.#endAgreedConflicts();
    const linkChanges = [...this.#linkChanges];
    const lastLink = linkChanges.pop();
    // One after the other, for an id may pass from one to the next.
    for (const [linkId, change] of linkChanges) await saveLink(tx, linkId, change);
    const syncStatus = standingOf(this.deps.audiences, toSubject(contact), this.targets());
    const writes: OperationNodeSource[] = lastLink ? [updateLink(tx, ...lastLink)] : [];
    for (const [outcome, ids] of this.#resolved) if (ids.length > 0) writes.push(updateAttempts(tx, ids, outcome));
    if (this.#isChanged()) writes.push(updateContact(tx, id, { ...contact, syncStatus }));
    else if (syncStatus !== contact.syncStatus) writes.push(updateSyncStatus(tx, id, syncStatus));
    if (this.#history.length > 0) writes.push(insertHistory(tx, this.#history));
    await executeTogether(tx, writes);
    if (this.#hasOtherKeys()) await saveKeys(tx, id, identityKeys(contact.fields));
    if (this.#isChanged()) await tellOfLead(tx, this.#change());
  }

  /** A conflict that waits for a person is over when both sides have come to say the same. */
  #endAgreedConflicts(): void {
    for (const link of this.links) {
      const fields = Object.keys(link.held) as (keyof ProviderValues)[];
      if (fields.length === 0) continue;
      const { fitValues } = getConnected(this.deps, link.provider);
      const shown = fitValues(this.contact.fields);
      const open = fields.filter((field) => !sameValue(field, link.held[field], shown[field]));
      if (open.length < fields.length)
        this.changeLink(link, { held: Object.fromEntries(open.map((field) => [field, link.held[field]])) });
    }
  }

  #change(): LeadChange {
    const { contact, deps } = this;
    const facts = { contactId: contact.id, revision: contact.revision + 1, merged: this.#merged, at: deps.now() };
    return { ...facts, before: this.#before, after: contact };
  }

  #isChanged(): boolean {
    const { fields, provenance, isDeleted } = this.contact;
    const before = this.#before;
    return fields !== before.fields || provenance !== before.provenance || isDeleted !== before.isDeleted;
  }

  #hasOtherKeys(): boolean {
    const [{ fields }, { fields: before }] = [this.contact, this.#before];
    return !sameValue('emails', fields.emails, before.emails) || !sameValue('phones', fields.phones, before.phones);
  }
}

/** Works on a contact, or on the one that it was merged into, alone, and stores what came of it; all or nothing. */
export function withContact<T>(
  deps: ActivityDeps,
  { contactId, cause }: { contactId: string; cause: string },
  work: (unit: ContactUnit) => T | Promise<T>,
): Promise<T> {
  return deps.db.transaction().execute(async (tx) => {
    const unit = await openUnit(tx, deps, { contactId, cause });
    const result = await work(unit);
    await unit.save();
    return result;
  });
}

/** For who holds a transaction already; `save` is theirs to call. */
export async function openUnit(
  tx: Database,
  deps: ActivityDeps,
  { contactId, cause }: { contactId: string; cause: string },
): Promise<ContactUnit> {
  const contact = await lockContact(tx, contactId);
  return new ContactUnit({ tx, deps, cause, contact, links: await listOpenLinks(tx, contact.id) });
}
