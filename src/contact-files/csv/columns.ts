import type { FileFormat } from '#contact-files/file-row.ts';
import { emptyRawContact, type RawContact, type RawText, rawTexts } from '#contact-files/raw-contact.ts';
import { type ExtraField, isExtraField } from '#domain/contact.ts';
import type { DoNotContact } from '#domain/values.ts';

/** The field that a column fills. */
export type ColumnTarget =
  | RawText
  | ExtraField
  | 'email'
  | 'emailLabel'
  | 'phone'
  | 'phoneLabel'
  | AddressTarget
  | 'tags'
  | 'doNotContact'
  | 'emailSubscription'
  | 'contactId';

export type AddressTarget = 'street' | 'city' | 'region' | 'postalCode' | 'country' | 'addressLabel' | 'wholeAddress';

export interface Column {
  /** The position in the row. */
  at: number;
  /** As the header has it. */
  name: string;
  target: ColumnTarget;
  /** Columns of one email, phone or address share it: `1` of `Phone 1 - Value`. */
  group?: string;
  /** The label of the value, where no column has it. */
  label?: string | null;
  /** One cell may hold several values, with this between them. Default: the layout's; a comma for tags. */
  separator?: string;
}

/** A kind of CSV file. */
export interface Layout {
  format: FileFormat;
  columns: Column[];
  /** Between the values of a cell that holds several. */
  itemSeparator?: string;
  /** Applied to each cell. */
  clean?(text: string): string;
  /** Drops tags that are no tags of a person. */
  isTag?(tag: string): boolean;
}

/** The person that a row describes. */
export function toRawContact(
  { columns, itemSeparator, clean = asTyped, isTag = always }: Layout,
  cells: readonly string[],
): RawContact {
  const raw = emptyRawContact();
  const groups = new Map<string, Group>();
  for (const column of columns) {
    const text = clean(cells[column.at] ?? '');
    if (text.trim() === '') continue;
    const { target, group } = column;
    if (isText(target)) raw.texts[target] ??= { text, column: column.name };
    else if (target === 'contactId') raw.contactId = text.trim();
    else if (target === 'tags') raw.tags.push(...splitTags(text, column.separator ?? itemSeparator).filter(isTag));
    else if (target === 'doNotContact') for (const channel of readChannels(text)) raw.refused.add(channel);
    else if (target === 'emailSubscription') addUnsubscribed(raw, text);
    else
      addToGroup(groups, `${kindOf(target)}/${group ?? ''}`, {
        column,
        target,
        texts: splitItems(text, column.separator ?? itemSeparator),
      });
  }
  for (const group of groups.values()) addItems(raw, group);
  return raw;
}

type ItemTarget = Exclude<ColumnTarget, RawText | ExtraField | 'tags' | 'doNotContact' | 'emailSubscription' | 'contactId'>;

/** The texts of one group by target. Several values of one cell are parallel to those of the other cells. */
type Group = Map<ItemTarget, { column: Column; texts: string[] }[]>;

interface Part {
  column: Column;
  target: ItemTarget;
  texts: string[];
}

const asTyped = (text: string): string => text;
const always = (): boolean => true;

function isText(target: ColumnTarget): target is RawText | ExtraField {
  return isExtraField(target) || rawTexts.some((each) => each === target);
}

function kindOf(target: ItemTarget): 'email' | 'phone' | 'address' {
  if (target === 'email' || target === 'emailLabel') return 'email';
  return target === 'phone' || target === 'phoneLabel' ? 'phone' : 'address';
}

function addToGroup(groups: Map<string, Group>, key: string, { column, target, texts }: Part): void {
  const group: Group = groups.get(key) ?? new Map();
  groups.set(key, group);
  group.set(target, [...(group.get(target) ?? []), { column, texts }]);
}

function addItems(raw: RawContact, group: Group): void {
  for (const kind of ['email', 'phone'] as const) {
    const labels = group.get(`${kind}Label`)?.[0]?.texts ?? [];
    for (const { column, texts } of group.get(kind) ?? []) {
      for (const [at, text] of texts.entries()) {
        const label = labels[at] ?? labels[0] ?? column.label ?? null;
        raw[kind === 'email' ? 'emails' : 'phones'].push({ text, label, column: column.name });
      }
    }
  }
  addAddresses(raw, group);
}

function addAddresses(raw: RawContact, group: Group): void {
  /** Several columns of one part, such as two lines of a street, are one text. */
  const textAt = (target: ItemTarget, at: number) =>
    (group.get(target) ?? []).flatMap(({ texts }) => texts[at]?.trim() || []).join(', ') || null;
  const targets = ['street', 'city', 'region', 'postalCode', 'country'] as const;
  const count = Math.max(
    0,
    ...[...targets, 'wholeAddress' as const].flatMap((target) => (group.get(target) ?? []).map(({ texts }) => texts.length)),
  );
  for (let at = 0; at < count; at += 1) {
    const parts = Object.fromEntries(targets.map((target) => [target, textAt(target, at)]));
    const whole = textAt('wholeAddress', at);
    const label = textAt('addressLabel', at) ?? textAt('addressLabel', 0);
    raw.addresses.push({ parts: { ...parts, label }, ...(whole !== null && { whole }) });
  }
}

function splitItems(text: string, separator: string | undefined): string[] {
  return separator === undefined ? [text] : text.split(separator).map((item) => item.trim());
}

function splitTags(text: string, separator = ','): string[] {
  return text.split(separator).map((tag) => tag.trim());
}

const channels = ['call', 'sms', 'email'] as const;
const yes = new Set(['yes', 'true', '1', 'y', 'x', 'on', 'active', 'enabled', 'all', 'ja', 'sí', 'oui']);

/** `yes` refuses every channel; `call sms` those that it names. */
export function readChannels(text: string): (keyof DoNotContact)[] {
  const words = text.toLowerCase().split(/[\s,;]+/);
  return words.some((word) => yes.has(word)) ? [...channels] : channels.filter((channel) => words.includes(channel));
}

/** Square docs (article 6632): `Email Subscription Status` is Subscribed, Unsubscribed or Unknown. A subscription lifts no refusal. */
function addUnsubscribed(raw: RawContact, text: string): void {
  if (/^unsubscribed$/i.test(text.trim())) raw.refused.add('email');
}
