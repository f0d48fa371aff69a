import type { ProviderValues } from '#domain/contact.ts';
import { itemKeys } from '#domain/equality.ts';
import type { DoNotContact, Phone } from '#domain/values.ts';
import type { ModelProvider, Write } from './model/model-provider.ts';
import { currentOf, type ModelRecord } from './model/record.ts';

export type TextField = 'givenName' | 'note';
export type ListField = 'phones' | 'emails' | 'tags';
export const textFields = ['givenName', 'note'] as const satisfies TextField[];
export const listFields = ['phones', 'emails', 'tags'] as const satisfies ListField[];

/** What one person wrote into one text field, and what stood there when they did. */
export interface Edit {
  id: number;
  provider: string;
  field: TextField;
  /** As that vendor shows it; null where they cleared the field. */
  value: string | null;
  /** The edit whose value they saw; null where they saw none. */
  saw: number | null;
  /** The version of the record that it made. */
  version: number;
  /** Overwritten by a write that could not know of it. */
  raced: boolean;
}

/** What became of one item of a list: people add and remove it, as they see it. */
export interface Item {
  field: ListField;
  key: string;
  addedAt: string;
  removed: boolean;
  /** An addition or removal that a write undid which could not know of it. */
  raced: boolean;
}

/** What people do at the vendors, and what they saw when they did it: all that is needed to say afterwards what must hold. */
export class World {
  readonly edits: Edit[] = [];
  readonly items = new Map<string, Item>();
  readonly denied = new Set<keyof DoNotContact>();
  /** Texts that belong to people: none of them may stand in an error or an id. */
  readonly personal = new Set<string>();
  readonly #run: number;
  #count = 0;

  constructor(run: number) {
    this.#run = run;
  }

  /** Somebody enters the person at one vendor. */
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

  /** Adds an item; where there is room for one, it takes the place of the one that stands there. */
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

  /** A write that overwrote what it could not know of: those edits are not Accord's to keep. */
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

  /** Who puts back what stood there before a write that nobody heard of leaves no trace: it looks as if nothing had landed. */
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
      // As with texts: what an unheard write added and a person took away was never there.
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

  /** A number of its own in each run: keys of people are of the whole database. */
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

/** Which edit a text is of, whatever a vendor made of it: the number in it. */
export function editIdIn(text: string | null): number | null {
  const digits = /\d+/.exec(text ?? '')?.[0];
  return digits === undefined ? null : Number(digits);
}

export function keysOf(values: ProviderValues, field: ListField): string[] {
  return ((values[field] ?? []) as never[]).map(itemKeys[field] as (item: never) => string);
}
