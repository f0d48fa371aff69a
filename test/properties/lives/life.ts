import { decideConsent } from '#contacts/consent/decide-consent.ts';
import { liftSuppressions, suppress } from '#contacts/consent/suppress.ts';
import { type ContactTransaction, inTransaction } from '#contacts/contact-transaction.ts';
import { type DeleteDecision, decideDelete } from '#contacts/deletes/decide-delete.ts';
import { beginErasure } from '#contacts/erasure/begin-erasure.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { type Effect, runDecision } from '#contacts/merging/run-decision.ts';
import { undoMerge } from '#contacts/merging/split-contact.ts';
import { listByKeys } from '#db/consent/suppressions.ts';
import { findContact } from '#db/contacts/contacts.ts';
import { listLinks } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import type { RefusalKey } from '#domain/refusal.ts';
import { eraseRound, secretOf } from '#test/properties/erase.ts';
import type { ModelProvider } from '#test/properties/model/model-provider.ts';
import { dialer, unversioned, versioned } from '#test/properties/model/traits.ts';
import { Simulation } from '#test/properties/simulation.ts';
import { EventsAtVendors } from './events-at-vendors.ts';
import type { LifeEvent, LifeSchedule, LifeStep, Newcomer } from './life-schedule.ts';
import { type Circle, join, type Person } from './person.ts';

const names = ['Ada', 'Grace', 'Linus'];
const actor = 'tester';
let lives = Math.floor(Date.now() / 1_000) % 100_000;

type OperatorEvent = Extract<LifeEvent, { who: number }> extends infer Each ? Exclude<Each, { hint: unknown }> : never;

/** Several people at two members, one like Square and one like GoHighLevel, and at a dialer. */
export class Life {
  readonly simulation: Simulation;
  readonly people: Person[] = [];
  readonly events: EventsAtVendors;
  readonly #openErasures = new Set<string>();
  readonly #suppressed = new Set<string>();

  constructor(db: Database, { duplicates, policy, policyForDialer, people }: LifeSchedule) {
    lives += 1;
    const run = `${process.pid}-${lives}`;
    // Deletions are counted by account, over all runs in one database.
    const traits = [versioned, { ...unversioned, duplicates }, dialer].map((each) => ({ ...each, id: `${each.id}-${run}` }));
    this.simulation = new Simulation(db, { traits });
    const [square, ghl, calls] = traits.map(({ id }) => id) as [string, string, string];
    const forDialer = { to: { [calls]: policyForDialer } };
    const rules = { policy, maxPerHour: 20, from: { [square]: forDialer, [ghl]: forDialer } };
    const placement = { lists: ['Leads'], addTags: [], removeTags: [] };
    Object.assign(this.simulation.hub.deps, {
      ...{ erasureSecret: secretOf(db), deletes: rules },
      audiences: [
        {
          name: 'leads',
          when: { anyTag: ['lead'] },
          unless: { doNotCall: true },
          needs: ['phone'],
          then: { [calls]: placement },
        },
      ],
    });
    for (const newcomer of people) this.people.push(this.#toPerson(newcomer, this.people.length));
    this.events = new EventsAtVendors({ people: this.people, models: this.simulation.models, rules });
    this.simulation.hub.onObserved = () => this.#noteRefusals();
  }

  #toPerson({ isLead, isRelative }: Newcomer, index: number): Person {
    const [first] = this.people;
    const line = 2_000_000 + ((lives * 3 + index) % 8_000_000);
    const circle: Circle = { members: [], mayBeDeleted: false, isSplit: false, isPlain: true };
    const isSharing = isRelative && first !== undefined;
    if (isSharing) for (const each of [circle, first.circle]) each.isPlain = false;
    const person: Person = {
      ...{ name: names[index] as string, email: `life${process.pid}.${lives}.${index}@example.com`, isLead, circle },
      ...{ phone: isSharing ? first.phone : `+1312${line}`, isRefusing: false, refusedAt: null, erased: null },
    };
    circle.members.push(person);
    return person;
  }

  get members(): ModelProvider[] {
    return this.simulation.models.slice(0, 2);
  }

  get dialer(): ModelProvider {
    return this.simulation.model(2);
  }

  async play({ people, settled, steps }: LifeSchedule): Promise<void> {
    // Only the second member has tags.
    for (const [index, { at, isLead }] of people.entries())
      this.events.enter(this.simulation.model(isLead ? 1 : at), this.people[index] as Person);
    if (settled) await this.simulation.drain();
    for (const step of steps) await this.#take(step);
  }

  /** Whether Accord has been told that nobody may call the number. */
  isRefused(phone: string): boolean {
    const refuses = (person: Person) => person.phone === phone && person.isRefusing && person.erased === null;
    return this.#suppressed.has(phone) || this.people.some(refuses);
  }

  /** Whether a new record with the number is taken for one of an erased person. */
  isKeptOut(phone: string): boolean {
    return this.people.some((person) => person.phone === phone && person.erased !== null);
  }

  /** One round of the workflow of each open erasure. False when some are still open. */
  async eraseRound(): Promise<boolean> {
    for (const id of this.#openErasures) if (await eraseRound(this.simulation, id)) this.#openErasures.delete(id);
    return this.#openErasures.size === 0;
  }

  async #take(step: LifeStep): Promise<void> {
    const { simulation } = this;
    switch (step.step) {
      case 'work':
      case 'work-all':
      case 'deliver':
      case 'fault':
      case 'release':
      case 'advance':
        return simulation.take(step);
      case 'pass':
        return simulation.round();
      case 'erase-round':
        await this.eraseRound();
        return;
      case 'decide':
        return this.#decideDelete(step);
    }
    simulation.hub.trace(JSON.stringify(step));
    const person = this.people[step.who % this.people.length] as Person;
    if (!('hint' in step)) return this.#operate(step, person);
    if (step.step === 'reappear' && step.isNoticed) await simulation.round();
    const known = simulation.hub.hints.length;
    this.events.happen(step, person, simulation.hub.hints);
    await simulation.hint(known, step.hint);
  }

  async #operate(step: OperatorEvent, person: Person): Promise<void> {
    if (step.step === 'suppress') return this.#suppress(person.phone);
    if (step.step === 'unsuppress') return this.#unsuppress(person.phone);
    const contactId = await this.contactIdOf(person);
    if (contactId === null) return;
    if (step.step === 'merge') return this.#merge(person, this.people[step.other % this.people.length] as Person);
    if (step.step === 'erase') return this.#erase(contactId);
    if (step.step === 'undo-merge')
      return this.#decide(async (transaction) => {
        const split = await undoMerge(transaction, { contactId, mergeId: null, actor });
        if (split.outcome !== 'split') return null;
        person.circle.isSplit = true;
        return { contactIds: [split.staysId, split.leavesId] };
      });
    const decision = step.step === 'deny' ? 'deny' : 'lift';
    await this.#decide(async (transaction) => {
      await decideConsent(transaction, { contactId, decision, channels: ['call'], reason: 'asked', wording: null, actor });
      return { contactIds: [contactId] };
    });
    // A merge may have joined others with the person.
    for (const each of this.people) if ((await this.contactIdOf(each)) === contactId) each.isRefusing = decision === 'deny';
  }

  async #merge(person: Person, other: Person): Promise<void> {
    const [survivorId, otherId] = [await this.contactIdOf(person), await this.contactIdOf(other)];
    if (survivorId === null || otherId === null || survivorId === otherId) return;
    join(person, other);
    await this.#decide(async (transaction) => {
      await mergeContacts(transaction, { survivorId, otherId, why: 'an operator decided', cause: null, actor });
      return { contactIds: [survivorId] };
    });
  }

  async #erase(contactId: string): Promise<void> {
    const { hub, db } = this.simulation;
    const links = await listLinks(db, contactId);
    const known = new Set(links.map(({ provider, external_id: id }) => `${provider}/${id}`));
    const erased: Person[] = [];
    for (const each of this.people) if ((await this.contactIdOf(each)) === contactId) erased.push(each);
    const request = { contactId, reason: 'request 17', actor };
    this.#openErasures.add(await inTransaction(hub.deps, (transaction) => beginErasure(transaction, request)));
    for (const person of erased) {
      person.erased = known;
      Object.assign(person.circle, { isPlain: false, mayBeDeleted: true });
    }
  }

  async #decideDelete({ index, decision }: { index: number; decision: DeleteDecision }): Promise<void> {
    const state = decision === 'undo' ? 'deleted' : 'open';
    const requests = await this.simulation.db
      .selectFrom('delete_request')
      .select('id')
      .where('state', '=', state)
      .where(
        'provider',
        'in',
        this.simulation.models.map(({ traits }) => traits.id),
      )
      .orderBy('id')
      .execute();
    const request = requests[index % requests.length];
    if (!request) return;
    await this.#decide(async (transaction) => {
      const decided = await decideDelete(transaction, { id: request.id, decision, actor });
      if (decided.outcome !== 'decided') return null;
      if (decision === 'approve') await this.#allowDeletes(decided.contactId);
      return { contactIds: [decided.contactId] };
    });
  }

  async #allowDeletes(contactId: string): Promise<void> {
    for (const each of this.people) if ((await this.contactIdOf(each)) === contactId) each.circle.mayBeDeleted = true;
  }

  async #suppress(phone: string): Promise<void> {
    await this.#decide(async (transaction) => {
      await suppress(transaction, { keys: [toKey(phone)], source: 'operator', actor, reason: null });
      return { contactIds: [] };
    });
    this.#suppressed.add(phone);
  }

  async #unsuppress(phone: string): Promise<void> {
    const [entry] = await listByKeys(this.simulation.db, [toKey(phone)]);
    if (!entry) return;
    await this.#decide(async (transaction) => {
      await liftSuppressions(transaction, { ids: [entry.id], actor, reason: 'asked' });
      return { contactIds: [] };
    });
    this.#suppressed.delete(phone);
  }

  /** Runs a decision as the api does, and what its signals request. */
  async #decide(work: (transaction: ContactTransaction) => Promise<Effect | null>): Promise<void> {
    const { hub, models } = this.simulation;
    const { dirty, effect } = await runDecision(hub.deps, { isPreview: false }, async (transaction) => ({
      result: null,
      effect: await work(transaction),
    }));
    for (const { provider, linkId } of dirty) hub.observe(provider, linkId);
    for (const id of effect?.contactIds ?? []) for (const { traits } of models) hub.push(traits.id, id);
  }

  /** A refusal at a vendor counts from the read on that brings it to the contact of the record. */
  async #noteRefusals(): Promise<void> {
    const { db } = this.simulation;
    for (const person of this.people) {
      if (person.refusedAt === null) continue;
      const { model, record } = person.refusedAt;
      // Not by the email: a merge at the other vendor may have dropped it.
      const query = db.selectFrom('link').select('contact_id').where('provider', '=', model.traits.id);
      const link = await query.where('external_id', '=', record.externalId).executeTakeFirst();
      const contact = link ? await findContact(db, link.contact_id) : null;
      if (!contact?.fields.doNotContact?.call) continue;
      person.isRefusing = true;
      person.refusedAt = null;
    }
  }

  /** The contact that has the person's email; null when there is none. */
  async contactIdOf({ email }: Person): Promise<string | null> {
    const key = await this.simulation.db
      .selectFrom('identity_key')
      .select('contact_id')
      .where('kind', '=', 'email')
      .where('value', '=', email)
      .executeTakeFirst();
    return key?.contact_id ?? null;
  }
}

const toKey = (phone: string): RefusalKey => ({ channel: 'call', kind: 'phone', value: phone });
