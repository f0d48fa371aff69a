import { isConnecting, type MatchKey, maxHolders, toMatchKeys } from '#domain/matching/match-keys.ts';
import { type IdentifyingValues, type Profile, toProfile } from '#domain/matching/profile.ts';
import {
  type Candidate,
  type Decision,
  defaultRules,
  type Holder,
  listRuledOut,
  type MatchingRules,
  recognise,
} from '#domain/matching/recognise.ts';

interface StoredRecord {
  id: string;
  values: IdentifyingValues;
}

export interface StoredContact {
  id: string;
  records: StoredRecord[];
  profile: Profile;
  keys: MatchKey[];
}

/**
 * Contacts in memory with an index of their keys. It decides by the same functions as the activities do, over the same keys, without a
 * database.
 */
export class ContactStore {
  readonly contacts = new Map<string, StoredContact>();
  /** Open questions by the ids of the two contacts that they are about. */
  readonly questions = new Map<string, Candidate>();
  readonly #index = new Map<string, Set<StoredContact>>();
  readonly #rejected = new Set<string>();
  readonly #rules: MatchingRules;
  #count = 0;

  constructor(rules: MatchingRules = defaultRules) {
    this.#rules = rules;
  }

  /** Takes in a record that is read for the first time. */
  add(record: StoredRecord): void {
    this.#count += 1;
    const contact = toContact(String(this.#count).padStart(8, '0'), [record]);
    this.#insert(contact);
    this.#look(contact);
  }

  contactOf(recordId: string): StoredContact {
    const found = [...this.contacts.values()].find(({ records }) => records.some(({ id }) => id === recordId));
    if (!found) throw new Error(`There is no record ${recordId}`);
    return found;
  }

  /** What the store says about two records. */
  verdict(one: string, other: string): 'merge' | 'ask' | 'new' {
    const [a, b] = [this.contactOf(one), this.contactOf(other)];
    if (a === b) return 'merge';
    return this.questions.has(toPair(a.id, b.id)) ? 'ask' : 'new';
  }

  /** A person decides that two records are of two people. */
  reject(one: string, other: string): void {
    const [a, b] = [this.contactOf(one), this.contactOf(other)];
    this.questions.delete(toPair(a.id, b.id));
    this.#rejected.add(toPair(a.id, b.id));
    for (const contact of [a, b]) this.#look(contact);
  }

  /**
   * Decides about a contact. After a merge it decides again about the survivor; contacts that a question is about are looked at from
   * their own side, once.
   */
  #look(first: StoredContact): void {
    const queue = [first];
    const seen = new Set<StoredContact>();
    for (let contact = queue.shift(); contact; contact = queue.shift()) {
      if (seen.has(contact) || this.contacts.get(contact.id) !== contact) continue;
      seen.add(contact);
      const [subject, holders] = [{ profile: contact.profile, contactId: contact.id }, this.#findHolders(contact)];
      const decision = recognise(subject, holders, this.#rules);
      for (const id of listRuledOut(subject, holders, this.#rules)) this.questions.delete(toPair(contact.id, id));
      queue.push(...this.#carryOut(contact, decision));
    }
  }

  /** Returns the contacts to look at next. */
  #carryOut(contact: StoredContact, decision: Decision): StoredContact[] {
    if (decision.kind === 'new') return [];
    if (decision.kind === 'ask') return decision.candidates.flatMap((candidate) => this.#ask(contact, candidate));
    const other = this.#get(decision.contactId);
    return [this.#merge(contact, other)];
  }

  #ask(contact: StoredContact, candidate: Candidate): StoredContact[] {
    this.questions.set(toPair(contact.id, candidate.contactId), candidate);
    return [this.#get(candidate.contactId)];
  }

  #get(id: string): StoredContact {
    const contact = this.contacts.get(id);
    if (!contact) throw new Error(`There is no contact ${id}`);
    return contact;
  }

  #merge(one: StoredContact, other: StoredContact): StoredContact {
    const [survivor, merged] = one.id < other.id ? [one, other] : [other, one];
    for (const contact of [survivor, merged]) this.#remove(contact);
    const joined = toContact(survivor.id, [...survivor.records, ...merged.records]);
    this.#insert(joined);
    this.#followPairs(merged.id, survivor.id);
    return joined;
  }

  /** A question about a merged contact is one about its survivor, unless both sides are the same now. */
  #followPairs(mergedId: string, survivorId: string): void {
    const follow = (pair: string) => [...new Set(pair.split('/').map((id) => (id === mergedId ? survivorId : id)))];
    for (const pair of [...this.#rejected]) {
      const [one, other] = follow(pair);
      if (one !== undefined && other !== undefined) this.#rejected.add(toPair(one, other));
    }
    for (const [pair, candidate] of [...this.questions]) {
      if (!pair.split('/').includes(mergedId)) continue;
      this.questions.delete(pair);
      const [one, other] = follow(pair);
      if (one === undefined || other === undefined || this.#rejected.has(toPair(one, other))) continue;
      this.questions.set(toPair(one, other), candidate);
    }
  }

  #findHolders(contact: StoredContact): Holder[] {
    const found = new Map<StoredContact, MatchKey[]>();
    for (const key of contact.keys) {
      const holders = [...(this.#index.get(toIndex(key)) ?? [])].filter((holder) => holder !== contact);
      const max = isConnecting(key) ? maxHolders.connecting : maxHolders.leading;
      if (holders.length > max && !isConnecting(key)) continue;
      for (const holder of holders.slice(0, max)) found.set(holder, [...(found.get(holder) ?? []), key]);
    }
    return [...found].map(([{ id, profile, records }, keys]) => ({
      ...{ contactId: id, profile, keys, records: records.length },
      rejected: [...this.#rejected]
        .map((pair) => pair.split('/'))
        .filter((pair) => pair.includes(id))
        .flat(),
    }));
  }

  #insert(contact: StoredContact): void {
    this.contacts.set(contact.id, contact);
    for (const key of contact.keys) {
      const holders = this.#index.get(toIndex(key)) ?? new Set();
      this.#index.set(toIndex(key), holders.add(contact));
    }
  }

  #remove(contact: StoredContact): void {
    this.contacts.delete(contact.id);
    for (const key of contact.keys) this.#index.get(toIndex(key))?.delete(contact);
  }
}

function toContact(id: string, records: StoredRecord[]): StoredContact {
  const profile = toProfile(records.map(({ values }) => values));
  return { id, records, profile, keys: toMatchKeys(profile) };
}

const toIndex = ({ kind, value }: MatchKey): string => `${kind}/${value}`;

const toPair = (one: string, other: string): string => [one, other].toSorted().join('/');
