import { emptyRawContact, type RawContact, type RawText } from '#contact-files/raw-contact.ts';
import { type ExtraField, toExtraField } from '#domain/contact.ts';
import type { CardProperty } from './read-property.ts';

/** The name of the property by which our own export names a contact: a UID of ours is no secret, but somebody else's UUID is no contact. */
export const contactIdProperty = 'X-ACCORD-ID';
/** The channels that a contact refused, in our own export. */
export const doNotContactProperty = 'X-ACCORD-DO-NOT-CONTACT';
export const sourceProperty = 'X-ACCORD-SOURCE';

const extraPrefix = 'X-ACCORD-EXTRA-';

/** The property of an extra in our own export, since vCard has none: `X-ACCORD-EXTRA-MEMBER-SINCE`. Its names hold no underscores (RFC 6350, 3.3). */
export function extraProperty(name: string): string {
  return `${extraPrefix}${name.toUpperCase().replaceAll('_', '-')}`;
}

function toExtra(property: string): ExtraField | null {
  const isExtra = property.startsWith(extraPrefix.toLowerCase());
  return isExtra ? toExtraField(property.slice(extraPrefix.length).replaceAll('-', '_')) : null;
}

const texts: Record<string, RawText> = {
  fn: 'fullName',
  title: 'jobTitle',
  bday: 'birthday',
  note: 'note',
  [sourceProperty.toLowerCase()]: 'source',
};

/** The person that a card describes. */
export function toRawContact(properties: readonly CardProperty[]): RawContact {
  const raw = emptyRawContact();
  const labels = findLabels(properties);
  for (const property of properties) {
    const { name, parts, group } = property;
    const column = name.toUpperCase();
    const text = whole(property);
    const label = (group === null ? undefined : labels.get(group)) ?? findLabel(property);
    const textName = texts[name] ?? toExtra(name);
    if (textName && text !== '') raw.texts[textName] ??= { text, column };
    else if (name === 'n') addName(raw, property);
    else if (name === 'org') raw.texts.company ??= { text: parts[0]?.join(', ') ?? '', column };
    else if (name === 'email') add(raw.emails, { text, label, column }, property);
    else if (name === 'tel') add(raw.phones, { text: text.replace(/^tel:/i, ''), label, column }, property);
    else if (name === 'adr') add(raw.addresses, toAddress(property, label), property);
    else if (name === 'categories') raw.tags.push(...parts.flat());
    else if (name === contactIdProperty.toLowerCase()) raw.contactId = text.trim();
    else if (name === doNotContactProperty.toLowerCase()) addRefusals(raw, text);
  }
  // Every card needs a formatted name: that of a company has its name there.
  if (raw.texts.fullName?.text === raw.texts.company?.text) delete raw.texts.fullName;
  return raw;
}

const whole = ({ parts }: CardProperty): string => parts.map((part) => part.join(',')).join(';');

/** N is structured: family name, given name, further names, prefixes, suffixes (RFC 6350, 6.2.2). */
function addName(raw: RawContact, { parts }: CardProperty): void {
  const [familyName, givenName, middleName, , nameSuffix] = parts.map((part) => part.join(' '));
  for (const [name, text] of Object.entries({ familyName, givenName, middleName, nameSuffix }) as [RawText, string | undefined][])
    if (text !== undefined && text.trim() !== '') raw.texts[name] ??= { text, column: 'N' };
}

/** ADR is structured: post office box, extended address, street, locality, region, postal code, country (RFC 6350, 6.3.1). */
function toAddress({ parts }: CardProperty, label: string | null) {
  const [box, extended, street, city, region, postalCode, country] = parts.map((part) => part.join(', ').trim());
  const lines = [street, extended, box].flatMap((line) => line || []);
  return { parts: { street: lines.join(', ') || null, city, region, postalCode, country, label } };
}

/** The preferred one comes first. */
function add<Item>(items: Item[], item: Item, { types }: CardProperty): void {
  if (types.includes('pref')) items.unshift(item);
  else items.push(item);
}

/** Types that say nothing about whose or which value it is. */
const silentTypes = new Set(['pref', 'internet', 'voice', 'x400', 'text', 'dom', 'intl', 'postal', 'parcel', 'msg']);

function findLabel({ types }: CardProperty): string | null {
  return types.find((type) => !silentTypes.has(type)) ?? null;
}

/** Apple and Google put a label into a property of the same group: `item1.X-ABLabel:_$!<Work>!$_`. */
function findLabels(properties: readonly CardProperty[]): Map<string, string> {
  const labels = properties.filter(({ name, group }) => name === 'x-ablabel' && group !== null);
  return new Map(labels.map((property) => [property.group ?? '', whole(property).replace(/^_\$!<(.*)>!\$_$/, '$1')]));
}

function addRefusals(raw: RawContact, text: string): void {
  for (const channel of ['call', 'sms', 'email'] as const) if (text.includes(channel)) raw.refused.add(channel);
}
