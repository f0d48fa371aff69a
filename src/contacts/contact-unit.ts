import { isDeepStrictEqual } from 'node:util';
import { insertEvidence } from '#db/consent/evidence.ts';
import { type StoredContact, updateContact, updateSyncStatus } from '#db/contacts/contacts.ts';
import { type HistoryEntry, insertHistory } from '#db/contacts/history.ts';
import { isLive, type LinkChange, type OpenAttempt, type OpenLink, saveLink, updateLink } from '#db/contacts/links.ts';
import { saveSearchText } from '#db/contacts/lists/search-texts.ts';
import { insertMerge, type NewMerge, readKeys, toSnapshot } from '#db/contacts/matching/contact-merges.ts';
import { proveKeys, saveKeys } from '#db/contacts/matching/identity-keys.ts';
import { saveMatchKeys } from '#db/contacts/matching/match-keys.ts';
import { findPlanLimits, type PlanLimits } from '#db/contacts/plan-limits.ts';
import { resolveAttempts, updateAttempts, type WriteOutcome } from '#db/contacts/write-attempts.ts';
import type { Database } from '#db/database.ts';
import { publishLeadEvent } from '#db/delivery/outbox-events.ts';
import { executeTogether, type Unexecuted } from '#db/execute-together.ts';
import { saveSubmissionEvent } from '#db/sync/submission-decisions.ts';
import { fitToRecord } from '#domain/accepted-items.ts';
import type { Subject } from '#domain/audience.ts';
import { pickFields, valueNames } from '#domain/contact.ts';
import type { LeadEvent } from '#domain/delivery/lead-event.ts';
import { sameValue } from '#domain/equality.ts';
import { type IdentityKey, toIdentityKeys } from '#domain/matching/identity-keys.ts';
import { sameKeys } from '#domain/matching/match-keys.ts';
import { rulesAgainstDoubles } from '#domain/matching/recognise.ts';
import { shapeNames } from '#domain/name-parts.ts';
import { joinRefusals, listChannels, toReachKeys } from '#domain/refusal.ts';
import { toSearchText } from '#domain/search/search-text.ts';
import { syncStatusOf } from '#domain/sync/plan.ts';
import { type Circumstances, toEvidence } from './consent/contact-evidence.ts';
import { saveRefusals } from './consent/save-refusals.ts';
import type { ContactDeps } from './contact-deps.ts';
import type { ContactTransaction } from './contact-transaction.ts';
import { withdrawDeletes } from './deletes/withdraw-deletes.ts';
import { haveSameIdentities, refreshMatchKeys, toContactKeys } from './matching/match-keys.ts';
import { isAskedAt, planTargets, type TargetPlan, toSubject } from './plan/plan-targets.ts';

type ContactChange = Partial<Pick<StoredContact, 'fields' | 'provenance' | 'isCustomer' | 'isDeleted'>>;

/** Makes the event of a submission from the contact as it is saved. */
type ToEvent = (after: { contactId: string; revision: number; fields: StoredContact['fields'] }) => LeadEvent;

type PendingMerge = Omit<NewMerge, 'survivorId' | 'survivorAfter' | 'cause'>;

/**
 * A unit of work on one contact: the contact, locked, and its links, in memory. Plans see every change made so far. `save` writes
 * all changes in as few statements as possible, with the sync status, the history and the lead event that follow from them.
 */
export class ContactUnit {
  readonly links: OpenLink[];
  contact: StoredContact;
  readonly #transaction: ContactTransaction;
  readonly #cause: string | null;
  readonly #before: StoredContact;
  readonly #linkChanges = new Map<string, LinkChange>();
  readonly #resolved = new Map<WriteOutcome, string[]>();
  readonly #history: HistoryEntry[] = [];
  readonly #merged: string[] = [];
  readonly #merges: PendingMerge[] = [];
  #splitFrom: string | null = null;
  readonly #proven: IdentityKey[] = [];
  readonly #events: { submissionId: string; toEvent: ToEvent }[] = [];
  readonly #shadowsBefore: OpenLink['shadow'][];
  #circumstances: Circumstances | null = null;
  #isCompared = false;
  #leavesKeysUnproven = false;
  #mustCheckDeletes = false;
  /** By provider, until something that the plan depends on changes. */
  readonly #planned = new Map<string, TargetPlan[]>();
  #limits: PlanLimits = { refused: [], questions: [] };

  constructor(transaction: ContactTransaction, cause: string | null, contact: StoredContact, links: OpenLink[]) {
    this.#transaction = transaction;
    this.#cause = cause;
    this.contact = contact;
    this.#before = contact;
    this.links = links;
    this.#shadowsBefore = links.map(({ shadow }) => shadow);
  }

  get tx(): Database {
    return this.#transaction.tx;
  }

  get deps(): ContactDeps {
    return this.#transaction.deps;
  }

  getLink(id: string): OpenLink {
    const link = this.links.find((each) => each.id === id);
    if (!link) throw new Error(`Contact ${this.contact.id} has no link ${id}`);
    return link;
  }

  changeContact(change: ContactChange): void {
    this.#planned.clear();
    this.contact = { ...this.contact, ...change };
  }

  /** Names a lead that was merged into this one, for subscribers. */
  addMergedLead(contactId: string): void {
    this.#merged.push(contactId);
  }

  /** Adds the undo data of a merge of this transaction; `save` stores it. */
  addMerge(merge: PendingMerge): void {
    this.#merges.push(merge);
  }

  /** The contact was separated from another one, which subscribers hear about. */
  setSplitFrom(contactId: string): void {
    this.#splitFrom = contactId;
  }

  /** The keys that this unit adds were named by an unproven submission only. */
  leaveKeysUnproven(): void {
    this.#leavesKeysUnproven = true;
  }

  /** The contact was compared with all others before it was saved. */
  skipReview(): void {
    this.#isCompared = true;
  }

  /** A record may be back whose loss has led to requests to delete others: `save` ends these. */
  checkDeletes(): void {
    this.#mustCheckDeletes = true;
  }

  /** A source other than unproven submissions names these keys. */
  proveKeys(keys: readonly IdentityKey[]): void {
    this.#proven.push(...keys);
  }

  /** Where the refusals come from that this unit adds or lifts. */
  explainRefusals(circumstances: Circumstances): void {
    this.#circumstances = circumstances;
  }

  /** Publishes an event of a submission when the unit is saved. */
  addEvent(submissionId: string, toEvent: ToEvent): void {
    this.#events.push({ submissionId, toEvent });
  }

  addLink(link: OpenLink): void {
    this.#planned.delete(link.provider);
    this.links.push(link);
  }

  changeLink(link: OpenLink, change: LinkChange): void {
    this.#planned.delete(link.provider);
    if (change.state === 'linked' && this.#isNewlyThere(link)) this.checkDeletes();
    Object.assign(link, change);
    this.#linkChanges.set(link.id, { ...this.#linkChanges.get(link.id), ...change });
  }

  /** Whether a link that gets a record takes the place of one that was lost. */
  #isNewlyThere(link: OpenLink): boolean {
    const others = this.links.filter(({ id, provider }) => id !== link.id && provider === link.provider);
    const isNew = link.state !== 'linked' || link.shadow === null;
    return link.state === 'tombstoned' || (isNew && others.some((other) => !isLive(other)));
  }

  resolveAttempts(link: OpenLink, attempts: readonly OpenAttempt[], outcome: WriteOutcome): void {
    const ids = attempts.map(({ id }) => id);
    this.#resolved.set(outcome, [...(this.#resolved.get(outcome) ?? []), ...ids]);
    link.attempts = link.attempts.filter(({ id }) => !ids.includes(id));
  }

  /** Adds to the contact's history. An entry without a cause gets the unit's. */
  addHistory(...entries: Omit<HistoryEntry, 'contactId'>[]): void {
    const cause = this.#cause === null ? {} : { cause: this.#cause };
    this.#history.push(...entries.map((entry) => ({ ...cause, ...entry, contactId: this.contact.id })));
  }

  /** The next step at each provider that takes contacts. */
  targets(): TargetPlan[] {
    return [...this.deps.providers.keys()].flatMap((provider) => this.targetsAt(provider));
  }

  targetsAt(provider: string): TargetPlan[] {
    if (this.#isErased) return [];
    const planned = this.#planned.get(provider);
    if (planned) return planned;
    const isAsked = isAskedAt(this.contact.id, this.#limits.questions, provider);
    const isLive = this.contact.liveAt.includes(provider);
    const plan = planTargets(this.deps, this.#toSubject(), this.links, { provider, isAsked, isLive });
    this.#planned.set(provider, plan);
    return plan;
  }

  #toSubject(): Subject {
    return toSubject(this.contact, this.#limits.refused);
  }

  /** Providers whose record must be created or updated. */
  outOfStep(): string[] {
    const planned = this.targets().flatMap(({ provider, step }) => (step.kind === 'nothing' ? [] : [provider]));
    return [...planned, ...this.doomed().map(({ provider }) => provider)];
  }

  /** Records that are to be deleted because the person was deleted elsewhere. */
  doomed(): OpenLink[] {
    if (this.#isErased) return [];
    return this.links.filter(({ removal_id, provider }) => removal_id !== null && this.deps.providers.has(provider));
  }

  /** As `outOfStep`, but empty when this unit did not change the contact: an earlier unit has reported those providers. */
  newlyOutOfStep(): string[] {
    return this.#isChanged() ? this.outOfStep() : [];
  }

  async save(): Promise<void> {
    if (this.#isErased) return this.#saveErased();
    this.#endAgreedConflicts();
    if (this.#mustSaveKeys()) await this.loadLimits();
    if (this.#mustCheckDeletes) await withdrawDeletes(this);
    const { tx, contact } = this;
    const { id } = contact;
    this.#noteHeldRefusals();
    const linkChanges = [...this.#linkChanges];
    const lastLink = linkChanges.pop();
    // In order: one link may release an external id that the next one takes.
    for (const [linkId, change] of linkChanges) await saveLink(tx, linkId, change);
    const planned = syncStatusOf(this.deps.audiences, this.#toSubject(), this.targets());
    const syncStatus = this.doomed().length > 0 && planned !== 'failed' ? 'pending' : planned;
    const writes: Unexecuted[] = lastLink ? [updateLink(tx, ...lastLink)] : [];
    for (const [outcome, ids] of this.#resolved) if (ids.length > 0) writes.push(updateAttempts(tx, ids, outcome));
    if (this.#isChanged()) writes.push(updateContact(tx, id, { ...contact, syncStatus }));
    else if (syncStatus !== contact.syncStatus) writes.push(updateSyncStatus(tx, id, syncStatus));
    if (this.#history.length > 0) writes.push(insertHistory(tx, this.#history));
    const evidence = this.#listEvidence();
    if (evidence.length > 0) writes.push(insertEvidence(tx, evidence));
    writes.push(...this.#searchTextWrites());
    await executeTogether(tx, writes);
    if (this.#mustSaveKeys()) await saveKeys(tx, id, toIdentityKeys(contact.fields), { areProven: !this.#leavesKeysUnproven });
    await this.#saveMatchKeys();
    // The keys of a contact's first record are new, and were stored as proven.
    if (this.#proven.length > 0 && this.#before.revision > 0) await proveKeys(tx, id, this.#proven);
    await saveRefusals(this.#transaction, {
      ...{ before: this.#before, after: contact, leavesKeysUnproven: this.#leavesKeysUnproven },
      hasNewKeys: this.#mustSaveKeys() || this.#proven.length > 0,
    });
    if (this.#isChanged()) await this.#publishLeadEvent();
    await this.#publishEvents();
    await this.#saveMerges();
  }

  /** The person is being erased, or was. */
  get #isErased(): boolean {
    return this.contact.erasureId !== null;
  }

  /** A write that was under way has ended: its record must be known, to be deleted. No value of the person is stored any more. */
  async #saveErased(): Promise<void> {
    for (const [linkId, change] of this.#linkChanges) {
      const { shadow: _, recent: __, held: ___, echo_pairs: ____, ...rest } = change;
      if (Object.keys(rest).length > 0) await saveLink(this.tx, linkId, rest);
    }
    for (const [outcome, ids] of this.#resolved) await resolveAttempts(this.tx, ids, outcome);
  }

  async #saveMerges(): Promise<void> {
    const { tx, contact } = this;
    for (const merge of this.#merges.splice(0)) {
      const keys = (await readKeys(tx, [contact.id])).get(contact.id) ?? { keys: [], refused: [] };
      await insertMerge(tx, { ...merge, survivorId: contact.id, survivorAfter: toSnapshot(contact, keys), cause: this.#cause });
    }
  }

  /** Loads the keys of the contact that others or the suppression list refuse, and the undecided pairs. Plans depend on them. */
  async loadLimits(): Promise<void> {
    this.#planned.clear();
    const keys = toReachKeys(this.contact.fields, this.deps.ownAddresses);
    this.#limits = await findPlanLimits(this.tx, this.contact.id, { keys, exceptRules: rulesAgainstDoubles });
    const heldRefusals = listChannels(this.#limits.refused);
    if (!isDeepStrictEqual(heldRefusals, this.contact.heldRefusals)) this.contact = { ...this.contact, heldRefusals };
  }

  #noteHeldRefusals(): void {
    const [before, after] = [this.#before, this.contact];
    if (after.heldRefusals === before.heldRefusals) return;
    const [{ doNotContact: reachableBefore }, { doNotContact: reachable }] = [toReachable(before), toReachable(after)];
    this.addHistory({ kind: 'changed', actor: 'accord', field: 'doNotContact', before: reachableBefore, after: reachable });
  }

  /** A merge or a split only moves refusals, whose evidence moves with the contacts and records. */
  #listEvidence() {
    const isMoved = this.#merged.length > 0 || this.#merges.length > 0 || this.#splitFrom !== null;
    if (this.#circumstances === null || isMoved) return [];
    return toEvidence(this.#before, this.contact, this.#circumstances, this.deps.now());
  }

  /** A conflict that waits for a person ends when both sides hold the same value. */
  #endAgreedConflicts(): void {
    for (const link of this.links) {
      const held = valueNames(link.held);
      const connected = this.deps.providers.get(link.provider);
      if (held.length === 0 || !connected) continue;
      const fitted = fitToRecord(connected, shapeNames(this.contact.fields, []), link.shadow);
      const open = held.filter((field) => !sameValue(field, link.held[field], fitted[field]));
      if (open.length < held.length) this.changeLink(link, { held: pickFields(link.held, open) });
    }
  }

  async #publishLeadEvent(): Promise<void> {
    const { contact, deps } = this;
    await this.#transaction.leadEvents.publish({
      contactId: contact.id,
      revision: contact.revision + 1,
      merged: this.#merged,
      splitFrom: this.#splitFrom,
      at: deps.now(),
      before: { ...this.#before, fields: toReachable(this.#before) },
      after: { ...contact, fields: toReachable(contact) },
    });
  }

  async #publishEvents(): Promise<void> {
    const { id, fields } = this.contact;
    const revision = this.contact.revision + (this.#isChanged() ? 1 : 0);
    for (const { submissionId, toEvent } of this.#events.splice(0)) {
      const eventId = await publishLeadEvent(this.tx, toEvent({ contactId: id, revision, fields }));
      if (eventId !== null) await saveSubmissionEvent(this.tx, submissionId, eventId);
    }
  }

  #isChanged(): boolean {
    const { fields, provenance, isCustomer, isDeleted, heldRefusals } = this.contact;
    const before = this.#before;
    return (
      fields !== before.fields ||
      provenance !== before.provenance ||
      isCustomer !== before.isCustomer ||
      isDeleted !== before.isDeleted ||
      heldRefusals !== before.heldRefusals
    );
  }

  /** The links that a merge or a split moves are not all in memory. */
  async #saveMatchKeys(): Promise<void> {
    const { tx, contact, links } = this;
    if (this.#merged.length > 0 || this.#merges.length > 0 || this.#splitFrom !== null) {
      await refreshMatchKeys(tx, contact.id);
      this.contact = { ...contact, isReviewDue: true };
      return;
    }
    const before = [this.#before.fields, ...this.#shadowsBefore];
    const records = [contact.fields, ...links.map(({ shadow }) => shadow)];
    // Most saves change no identifying value, and the keys take longer to compute than anything else in a save.
    if (haveSameIdentities(before, records)) return;
    const keys = toContactKeys(records);
    if (sameKeys(keys, toContactKeys(before))) return;
    const isReviewDue = keys.length > 0 && !this.#isCompared;
    await saveMatchKeys(tx, contact.id, keys, { isReviewDue });
    this.contact = { ...contact, isReviewDue };
  }

  #searchTextWrites(): Unexecuted[] {
    const { fields: now } = this.contact;
    const { fields: before, revision } = this.#before;
    if (!this.#isChanged() || (now === before && revision > 0)) return [];
    const text = toSearchText(now);
    return revision > 0 && text === toSearchText(before) ? [] : [saveSearchText(this.tx, this.contact.id, text)];
  }

  /** A contact that a split brings back has the keys of its values again, though the values may be those of its row. */
  #mustSaveKeys(): boolean {
    if (this.#splitFrom !== null) return true;
    const [{ fields }, { fields: before }] = [this.contact, this.#before];
    return !sameValue('emails', fields.emails, before.emails) || !sameValue('phones', fields.phones, before.phones);
  }
}

/** The fields as subscribers see them: with the refusals that others made for the contact's keys. */
function toReachable({ fields, heldRefusals }: StoredContact): StoredContact['fields'] {
  return { ...fields, doNotContact: joinRefusals(fields.doNotContact, heldRefusals) };
}
