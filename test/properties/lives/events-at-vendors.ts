import { type DeleteRules, policyFor } from '#domain/deletes/delete-policy.ts';
import { type Hint, toHint } from '#test/properties/hub.ts';
import type { ModelProvider } from '#test/properties/model/model-provider.ts';
import { currentOf, type ModelRecord } from '#test/properties/model/record.ts';
import type { LifeEvent } from './life-schedule.ts';
import { emailsIn, join, type Person, recordsOf } from './person.ts';

type VendorEvent = Extract<LifeEvent, { hint: unknown }>;

/** The people at the vendors, who know nothing of Accord. */
export class EventsAtVendors {
  readonly #people: readonly Person[];
  readonly #models: readonly ModelProvider[];
  readonly #rules: DeleteRules;
  #notes = 0;

  constructor({ people, models, rules }: { people: readonly Person[]; models: readonly ModelProvider[]; rules: DeleteRules }) {
    this.#people = people;
    this.#models = models;
    this.#rules = rules;
  }

  enter(model: ModelProvider, { name, phone, email, isLead }: Person): void {
    const phones = [{ e164: phone, extension: null, raw: phone, label: null }];
    const tags = isLead ? ['lead'] : [];
    model.createByHand({ givenName: name, phones, emails: [{ address: email, label: null }], note: null, tags });
  }

  /** `hints` are those of the vendors, which the event may add to. */
  happen(event: VendorEvent, person: Person, hints: Hint[]): void {
    if (event.step === 'merge-at-vendor') {
      this.#merge(person, this.#people[event.other % this.#people.length] as Person, hints);
      // Without its webhook, a merge that keeps nothing of a record looks like a deletion.
      if (event.hint === 'later' || event.hint === 'never') this.#mayFollow(this.#models[0] as ModelProvider, person);
      return;
    }
    const model = this.#models[event.at] as ModelProvider;
    const [record] = recordsOf(model, person);
    if (event.step === 'reappear') this.#reappear(event);
    else if (!record) return;
    else if (event.step === 'edit') this.#edit(model, record);
    else if (event.step === 'delete') this.#delete(model, record);
    else this.#refuse(model, record);
  }

  peopleIn(record: ModelRecord): Person[] {
    const emails = emailsIn(currentOf(record).values);
    return this.#people.filter(({ email }) => emails.includes(email));
  }

  #edit(model: ModelProvider, record: ModelRecord): void {
    this.#notes += 1;
    const note = `Note ${this.#notes}`;
    model.editByHand(record, (values) => ({ ...values, note }));
  }

  #delete(model: ModelProvider, record: ModelRecord): void {
    for (const person of this.peopleIn(record)) {
      person.circle.isPlain = false;
      this.#mayFollow(model, person);
    }
    model.deleteByHand(record);
  }

  /** A record is gone at a vendor: some policies delete the others. */
  #mayFollow(model: ModelProvider, { circle }: Person): void {
    const others = this.#models.filter((each) => each !== model);
    if (others.some(({ traits }) => policyFor(this.#rules, model.traits.id, traits.id) === 'delete')) circle.mayBeDeleted = true;
  }

  #reappear({ who, at, how }: Extract<VendorEvent, { step: 'reappear' }>): void {
    const lost = this.#models.flatMap((model) => this.#people.flatMap((person) => findLost(model, person) ?? []));
    const found = lost[(who * this.#models.length + at) % lost.length];
    if (!found) return;
    const { model, person, record } = found;
    person.circle.isPlain = false;
    if (how === 'anew' || person.erased !== null) this.enter(model, person);
    else model.restoreByHand(record);
  }

  #refuse(model: ModelProvider, record: ModelRecord): void {
    // Of a record that refuses already nobody hears anything new.
    if (!model.traits.fields.includes('doNotContact') || currentOf(record).values.doNotContact?.call) return;
    model.editByHand(record, (values) => ({ ...values, doNotContact: { call: true, sms: true, email: true } }));
    for (const person of this.peopleIn(record)) person.refusedAt = { model, record };
  }

  #merge(person: Person, other: Person, hints: Hint[]): void {
    const [model] = this.#models as [ModelProvider];
    const [one] = recordsOf(model, person);
    const [two] = recordsOf(model, other);
    if (!one || !two || one === two || person.erased !== null || other.erased !== null) return;
    join(person, other);
    const record = model.mergeByHand(one, two);
    // The webhook about the merge names the former ids.
    hints.splice(-1, 1, { ...toHint(model, record), replaces: [one.externalId, two.externalId] });
  }
}

/** The record that a person had last at a vendor, where there is none now. */
function findLost(model: ModelProvider, person: Person): { model: ModelProvider; person: Person; record: ModelRecord } | null {
  if (recordsOf(model, person).length > 0) return null;
  const record = model.records.findLast((each) => each.isDeleted && emailsIn(currentOf(each).values).includes(person.email));
  return record ? { model, person, record } : null;
}
