import { isConnecting, type MatchKey, maxHolders, toMatchKeys } from '#domain/matching/match-keys.ts';
import { type IdentifyingValues, type Profile, toProfile } from '#domain/matching/profile.ts';
import { type Candidate, type Holder, type MatchingRules, recognise } from '#domain/matching/recognise.ts';

interface StoredContact {
  id: string;
  records: IdentifyingValues[];
  recordIds: string[];
  profile: Profile;
  keys: MatchKey[];
}

/** Contacts in memory with an index of their keys: what the database does, without it. */
export class ContactStore {
  readonly contacts = new Map<string, StoredContact>();
  /** Open questions by the pair of contacts that they are about. */
  readonly questions = new Map<string, Candidate & { about: string }>();
  readonly #index = new Map<string, Set<StoredContact>>();
  readonly #rules: MatchingRules;
  #count = 0;

  constructor(rules: MatchingRules) {
    this.#rules = rules;
  }

  /** Takes in a record that is read for the first time. */
  add(recordId: string, values: IdentifyingValues): void {
    this.#count += 1;
    const profile = toProfile([values]);
    const contact = {
      ...{ id: String(this.#count).padStart(8, '0'), records: [values], recordIds: [recordId] },
      ...{ profile, keys: toMatchKeys(profile) },
    };
    this.#insert(contact);
    this.#look(contact);
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
      const decision = recognise({ profile: contact.profile, contactId: contact.id }, this.#findHolders(contact), this.#rules);
      if (decision.kind === 'merge') {
        const merged = this.#merge(contact, decision.contactId);
        queue.unshift(merged);
        queue.push(...this.#findAskedAbout(merged));
      }
      if (decision.kind === 'ask') {
        this.#ask(contact, decision.candidates);
        queue.push(...decision.candidates.flatMap(({ contactId }) => this.contacts.get(contactId) ?? []));
      }
    }
  }

  #ask(contact: StoredContact, candidates: Candidate[]): void {
    for (const candidate of candidates) {
      const pair = [contact.id, candidate.contactId].toSorted().join('/');
      this.questions.set(pair, { ...candidate, about: contact.id });
    }
  }

  #findAskedAbout({ id }: StoredContact): StoredContact[] {
    const ids = [...this.questions.keys()].map((pair) => pair.split('/')).filter((pair) => pair.includes(id));
    return ids.flat().flatMap((other) => (other === id ? [] : (this.contacts.get(other) ?? [])));
  }

  #merge(one: StoredContact, otherId: string): StoredContact {
    const other = this.contacts.get(otherId);
    if (!other) throw new Error(`There is no contact ${otherId}`);
    const [survivor, merged] = one.id < other.id ? [one, other] : [other, one];
    for (const contact of [survivor, merged]) this.#remove(contact);
    const records = [...survivor.records, ...merged.records];
    const profile = toProfile(records);
    const recordIds = [...survivor.recordIds, ...merged.recordIds];
    const joined = { id: survivor.id, records, recordIds, profile, keys: toMatchKeys(profile) };
    this.#insert(joined);
    this.#followQuestions(merged.id, survivor.id);
    return joined;
  }

  /** A question about a merged contact is one about its survivor, unless both sides are the same now. */
  #followQuestions(mergedId: string, survivorId: string): void {
    for (const [pair, candidate] of [...this.questions]) {
      const ids = pair.split('/');
      if (!ids.includes(mergedId)) continue;
      this.questions.delete(pair);
      const now = [...new Set(ids.map((id) => (id === mergedId ? survivorId : id)))];
      if (now.length === 2) this.questions.set(now.toSorted().join('/'), candidate);
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
    return [...found].map(([{ id, profile }, keys]) => ({ contactId: id, profile, keys }));
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

const toIndex = ({ kind, value }: MatchKey): string => `${kind}/${value}`;
