import { callJson } from '#dev/call-json.ts';
import type { SandboxAccounts } from '#dev/stack/sandboxes.ts';
import type { Stack } from '#dev/stack/stack.ts';
import { waitUntil } from '#dev/wait-until.ts';
import type { Person, PersonEdit } from '#sandbox/core/people.ts';
import { type Edit, editIdIn } from '#test/properties/world.ts';
import { nextFamilyName, nextPhone } from '#test/setup/new-people.ts';
import { type Act, holdersOfNotes, vendors } from './schedule.ts';
import type { Vendor } from './vendor-faults.ts';

/** `at`: milliseconds since 1970. */
type TimedEdit = Omit<Edit, 'version'> & { at: number };

/** A person, and what must be true of them in the end. */
export interface Known {
  email: string;
  phone: string;
  familyName: string;
  /** Every value that somebody gave a text field, with the value that they saw there. */
  edits: TimedEdit[];
  tags: Set<string>;
  labels: string[];
  refusesCalls: boolean;
  /** The vendor that lost the record. */
  deletedAt: Vendor | null;
  /**
   * Entered twice, at one vendor or at two: two contacts for a while, perhaps. Nobody edits them: with another name one of them would be
   * somebody else.
   */
  isDouble: boolean;
}

/** The people of a trial and what they do at the vendors, without regard to Accord. */
export class Crowd {
  readonly people: Known[] = [];
  /** How many acts were done, by kind; `skipped` when a vendor did not have the person yet. */
  readonly done = new Map<string, number>();
  readonly #accounts: SandboxAccounts;
  readonly #api: string;
  readonly #apiKey: string;
  readonly #submissions: Promise<void>[] = [];
  readonly #doubles = new Map<number, { at: Vendor; ids: string[] }>();
  #count = 0;

  constructor({ sandboxes, api, apiKey }: Pick<Stack, 'sandboxes' | 'api' | 'apiKey'>) {
    this.#accounts = sandboxes;
    this.#api = api;
    this.#apiKey = apiKey;
  }

  async play(act: Act): Promise<void> {
    const isDone = await this.#play(act);
    const key = isDone ? act.act : 'skipped';
    this.done.set(key, (this.done.get(key) ?? 0) + 1);
  }

  /** Waits until every form has been accepted. */
  async finish(): Promise<void> {
    await Promise.all(this.#submissions);
  }

  async #play(act: Act): Promise<boolean> {
    if (act.act === 'enter') return this.#enter(act);
    if (act.act === 'double') return this.#enterTwice(act);
    if (act.act === 'merge') return this.#merge(act.number);
    if (act.act === 'submit') return this.#submit();
    const person = this.people[act.who % this.people.length];
    if (!person || person.isDouble || person.deletedAt !== null) return false;
    if (act.act === 'edit') return this.#edit(person, act);
    if (act.act === 'route') return this.#route(person, act.tag);
    if (act.act === 'label') return this.#label(person);
    if (act.act === 'refuse') return this.#refuse(person, act.at);
    return this.#delete(person, act.at);
  }

  async #enter({ at, also, isLead }: Extract<Act, { act: 'enter' }>): Promise<boolean> {
    const person = this.#newPerson(at);
    const places = also === null ? [at] : [at, also];
    person.isDouble = also !== null;
    if (isLead && places.includes('gohighlevel')) person.tags.add('cold lead');
    await Promise.all(places.map((place) => this.#save(place, entryOf(person, place))));
    return true;
  }

  async #enterTwice({ at, number }: Extract<Act, { act: 'double' }>): Promise<boolean> {
    const person = this.#newPerson(at);
    person.isDouble = true;
    const ids = [await this.#save(at, entryOf(person, at)), await this.#save(at, entryOf(person, at))];
    this.#doubles.set(number, { at, ids });
    return true;
  }

  async #merge(number: number): Promise<boolean> {
    const double = this.#doubles.get(number);
    if (!double) return false;
    const [into, ...from] = double.ids;
    const merge = double.at === 'square' ? { from_customer_ids: double.ids } : [{ into, from }];
    await callJson(`${this.#accounts[double.at].control}/records`, { method: 'POST', body: { merge } });
    return true;
  }

  async #submit(): Promise<boolean> {
    const person = this.#newPerson('webform');
    const { email, phone, familyName, edits } = person;
    const body = { name: `${edits[0]?.value} ${familyName}`, email, phone };
    const headers = { origin: this.#api, 'idempotency-key': email };
    // As a visitor who presses the button again.
    const press = () => callJson(`${this.#api}/webforms/contact`, { method: 'POST', headers, body });
    const submission = waitUntil('the form to be accepted', press, { timeoutMs: 300_000, everyMs: 500 });
    // `finish` throws a failure. An unhandled one would end this process and leave the stack running.
    submission.catch(() => {});
    this.#submissions.push(submission);
    return true;
  }

  /** At other vendors than the schedule says, where these do not have the person. */
  async #edit(person: Known, { field, at }: Extract<Act, { act: 'edit' }>): Promise<boolean> {
    const others = field === 'note' ? holdersOfNotes : vendors;
    const asked = await Promise.all(
      [...new Set([...at, ...others])].map(async (each) => [each, await this.#find(each, person)] as const),
    );
    const found = asked.filter(([, record]) => record !== null).slice(0, at.length);
    if (found.length < at.length) return false;
    const changes = found.map(([vendor, record]) => {
      const id = this.#next();
      const value = field === 'note' ? `Called ${id} times` : `Ada${id}`;
      person.edits.push({
        id,
        provider: vendor,
        field,
        value,
        saw: editIdIn(record?.[field] ?? null),
        raced: false,
        at: Date.now(),
      });
      return this.#save(vendor, { id: record?.id, [field]: value });
    });
    await Promise.all(changes);
    return true;
  }

  async #route(person: Known, tag: string): Promise<boolean> {
    // One rule removes the tag of the other, so that nobody has both.
    const other = { 'cold lead': 'active client', 'active client': 'cold lead' }[tag];
    if (other !== undefined && person.tags.has(other)) return false;
    if (!(await this.#change(person, 'gohighlevel', { addTags: [tag] }))) return false;
    person.tags.add(tag);
    return true;
  }

  async #label(person: Known): Promise<boolean> {
    const label = `label ${this.#next()}`;
    if (!(await this.#change(person, 'gohighlevel', { addTags: [label] }))) return false;
    person.labels.push(label);
    return true;
  }

  async #refuse(person: Known, at: Vendor): Promise<boolean> {
    if (!(await this.#change(person, at, { doNotCall: true }))) return false;
    person.refusesCalls = true;
    return true;
  }

  async #delete(person: Known, at: Vendor): Promise<boolean> {
    const record = await this.#find(at, person);
    // A record that Accord has not read yet is created once more: nobody can tell that it was there.
    if (!record || !(await this.#isRead(record))) return false;
    person.deletedAt = at;
    const id = at === 'calltools' ? Number(record.id) : record.id;
    await callJson(`${this.#accounts[at].control}/records`, { method: 'POST', body: { delete: [id] } });
    return true;
  }

  async #isRead({ id }: Person): Promise<boolean> {
    const path = `/api/v1/contacts?q=${encodeURIComponent(id)}`;
    const headers = { authorization: `Bearer ${this.#apiKey}` };
    const signal = AbortSignal.timeout(2_000);
    interface Answer {
      data: { contacts: { emails: string[] }[] };
    }
    const answer = await callJson<Answer>(this.#api + path, { headers, signal }).catch(() => null);
    return answer?.data.contacts.some(({ emails }) => emails.length > 0) ?? false;
  }

  async #change(person: Known, at: Vendor, change: PersonEdit): Promise<boolean> {
    const record = await this.#find(at, person);
    if (record) await this.#save(at, { ...change, id: record.id });
    return record !== null;
  }

  async #find(at: Vendor, { email }: Known): Promise<Person | null> {
    const path = `people?email=${encodeURIComponent(email)}`;
    const { people } = await callJson<{ people: Person[] }>(`${this.#accounts[at].control}/${path}`);
    return people[0] ?? null;
  }

  async #save(at: Vendor, edit: PersonEdit): Promise<string> {
    const body = { people: [edit] };
    const { ids } = await callJson<{ ids: string[] }>(`${this.#accounts[at].control}/people`, { method: 'POST', body });
    return String(ids[0]);
  }

  #newPerson(provider: Vendor | 'webform'): Known {
    const id = this.#next();
    const edit = { id, provider, field: 'givenName', value: `Ada${id}`, saw: null, raced: false, at: Date.now() } as const;
    const person = {
      ...{ email: `person.${id}@example.com`, phone: nextPhone(), familyName: nextFamilyName(), edits: [edit] },
      ...{ tags: new Set<string>(), labels: [], refusesCalls: false, deletedAt: null, isDouble: false },
    };
    this.people.push(person);
    return person;
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }
}

function entryOf({ email, phone, familyName, edits, tags }: Known, at: Vendor): PersonEdit {
  const entry = { email, phone, familyName, givenName: edits[0]?.value };
  return at === 'gohighlevel' ? { ...entry, tags: [...tags] } : entry;
}
