import type { ProviderValues } from '#domain/contact.ts';
import { itemKeys } from '#domain/equality.ts';
import type { DoNotContact, Phone } from '#domain/values.ts';
import type { ModelProvider, Write } from './model/model-provider.ts';
import { currentOf, type ModelRecord } from './model/record.ts';

export type TextField = 'givenName' | 'note';
export type ListField = 'phones' | 'emails' | 'tags';
export const textFields = ['givenName', 'note'] as const satisfies TextField[];
export const listFields = ['phones', 'emails', 'tags'] as const satisfies ListField[];

/** An edit of one text field, with the value that it replaced. */
export interface Edit {
  id: number;
  provider: string;
  field: TextField;
  /** The value as the vendor shows it; null when the edit cleared the field. */
  value: string | null;
  /** The edit whose value was replaced; null for a blank value. */
  saw: number | null;
  /** The version of the record after the edit. */
  version: number;
  /** Overwritten by a write that could not know of the edit. */
  raced: boolean;
}

/** The additions and removals of one list item. */
export interface Item {
  field: ListField;
  key: string;
  addedAt: string;
  removed: boolean;
  /** Set when a write undid it without knowing of it. */
  raced: boolean;
}

/** The edits of people at the vendors and the values that they saw: the basis of the invariants. */
export class World {
  readonly edits: Edit[] = [];
  readonly items = new Map<string, Item>();
  readonly denied = new Set<keyof DoNotContact>();
  /** Personal texts, which must not appear in errors or ids. */
  readonly personal = new Set<string>();
  readonly #run: number;
  #count = 0;

  constructor(run: number) {
    this.#run = run;
  }

  /** Creates the person at one vendor. */
  enter(provider: ModelProvider): ModelRecord {
    const { fields } = provider.traits;
    const values: ProviderValues = { givenName: this.#name(), note: null, phones: [this.#phone()], emails: [this.#email()] };
    if (fields.includes('tags')) values.tags = [`Tag ${this.#next()}`];
    const record = provider.createByHand(values);
    const shown = currentOf(record).values;
    this.#noteEdit(provider, record, 'givenName', null);
    for (const field of listFields) for (const key of keysOf(shown, field)) this.#noteAdded(provider, field, key);
    return record;
  }

  write(provider: ModelProvider, record: ModelRecord, field: TextField): void {
    const text = field === 'note' ? this.#note() : this.#name();
    this.#setText(provider, record, field, text);
  }

  clear(provider: ModelProvider, record: ModelRecord, field: TextField): void {
    if (currentOf(record).values[field]) this.#setText(provider, record, field, null);
  }

  /** Adds an item; where there is room for one, it replaces the existing one. */
  add(provider: ModelProvider, record: ModelRecord, field: ListField): void {
    const item = field === 'phones' ? this.#phone() : field === 'emails' ? this.#email() : `Tag ${this.#next()}`;
    const hasRoom = field === 'tags' || !provider.traits.oneOf.includes(field);
    this.#changeList(provider, record, field, (items) => (hasRoom ? [...items, item] : [item]));
  }

  remove(provider: ModelProvider, record: ModelRecord, field: ListField, index: number): void {
    this.#changeList(provider, record, field, (items) => items.filter((_, at) => at !== index % items.length));
  }

  deny(provider: ModelProvider, record: ModelRecord, channel: keyof DoNotContact): void {
    const { doNotContact = { call: false, sms: false, email: false } } = currentOf(record).values;
    provider.editByHand(record, (values) => ({ ...values, doNotContact: { ...doNotContact, [channel]: true } }));
    this.denied.add(channel);
  }

  /** Marks the edits that a write overwrote without knowing of them: Accord cannot keep those. */
  forgive(write: Write): void {
    for (const unseen of write.unseen) {
      const overwritten =
        'key' in unseen
          ? this.items.get(`${unseen.field}/${unseen.key}`)
          : this.edits.findLast(
              ({ field, value, id }) =>
                field === unseen.field && (unseen.value === null ? value === null : id === editIdIn(unseen.value)),
            );
      if (overwritten) overwritten.raced = true;
    }
  }

  #setText(provider: ModelProvider, record: ModelRecord, field: TextField, text: string | null): void {
    const saw = currentOf(record).values[field] ?? null;
    provider.editByHand(record, (values) => ({ ...values, [field]: text }));
    this.#noteEdit(provider, record, field, editIdIn(saw));
    if (record.beforeUnheard && (record.beforeUnheard.values[field] ?? null) === text)
      this.#forgiveReturn(provider, record, field);
  }

  /** Restoring the value from before an unanswered write leaves no trace: the write seems never to have landed. */
  #forgiveReturn(provider: ModelProvider, { beforeUnheard }: ModelRecord, field: TextField): void {
    const unseen = this.edits.filter((edit) => edit.field === field && edit.provider === provider.traits.id);
    for (const edit of unseen) if (edit.version > (beforeUnheard?.number ?? 0)) edit.raced = true;
  }

  #noteEdit(provider: ModelProvider, record: ModelRecord, field: TextField, saw: number | null): void {
    const { number: version, values } = currentOf(record);
    const value = values[field] ?? null;
    const id = editIdIn(value) ?? this.#next();
    this.edits.push({ id, provider: provider.traits.id, field, value, saw, version, raced: false });
  }

  #changeList(provider: ModelProvider, record: ModelRecord, field: ListField, change: (items: unknown[]) => unknown[]): void {
    const before = keysOf(currentOf(record).values, field);
    provider.editByHand(record, (values) => ({ ...values, [field]: change(values[field] ?? []) }) as ProviderValues);
    const after = keysOf(currentOf(record).values, field);
    for (const key of after) if (!before.includes(key)) this.#noteAdded(provider, field, key);
    for (const key of before.filter((each) => !after.includes(each))) {
      const item = this.items.get(`${field}/${key}`) as Item;
      item.removed = true;
      // As with texts: an item added by an unanswered write and then removed seems never to have existed.
      if (record.beforeUnheard && !keysOf(record.beforeUnheard.values, field).includes(key)) item.raced = true;
    }
  }

  #noteAdded(provider: ModelProvider, field: ListField, key: string): void {
    this.items.set(`${field}/${key}`, { field, key, addedAt: provider.traits.id, removed: false, raced: false });
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  #name(): string {
    return this.#personal(`Ada${this.#next()}`);
  }

  #note(): string {
    return this.#personal(`Likes${this.#next()} tea, and calls back on Mondays`);
  }

  #email(): { address: string; label: null } {
    return { address: this.#personal(`p${this.#run}.${this.#next()}@example.com`), label: null };
  }

  /** A number that is unique to the run: identity keys are global to the database. */
  #phone(): Phone {
    const line = (this.#run * 40 + this.#next()) % 8_000_000;
    const e164 = this.#personal(`+1212${String(2_000_000 + line)}`);
    return { e164, extension: null, raw: e164, label: null };
  }

  #personal(text: string): string {
    this.personal.add(text);
    return text;
  }
}

/** The number of the edit that a text comes from, in any vendor's form of it. */
export function editIdIn(text: string | null): number | null {
  const digits = /\d+/.exec(text ?? '')?.[0];
  return digits === undefined ? null : Number(digits);
}

export function keysOf(values: ProviderValues, field: ListField): string[] {
  return ((values[field] ?? []) as never[]).map(itemKeys[field] as (item: never) => string);
}
