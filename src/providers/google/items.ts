import { normalizeAddress } from '#domain/normalize/address.ts';
import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import type { Email, Phone, PostalAddress } from '#domain/values.ts';
import type { Item } from './schema.ts';
import type { GoogleAccount } from './settings.ts';

/** A field of Google's that holds a set of ours. */
export interface ItemMapping<Value> {
  /** Null for what is no such thing to us. */
  read(item: Item, account: GoogleAccount): Value | null;
  write(value: Value): Item;
}

/** `type` is one of Google's words or what the person typed; its translation, `formattedType`, is Google's to make. */
export const emailItems: ItemMapping<Email> = {
  read: ({ value, type }) => normalizeEmail(textOf(value), textOf(type)),
  write: ({ address, label }) => withType({ value: address }, label),
};

/**
 * Google docs: `canonicalForm` is E.164, made by the server; the value stays as it was typed. It knows in which country the owner
 * of the contacts is, hence goes before our own reading.
 */
export const phoneItems: ItemMapping<Phone> = {
  read({ value, type, canonicalForm }, { defaultRegion }) {
    const phone = normalizePhone(textOf(value), { defaultRegion, label: textOf(type) });
    const canonical = textOf(canonicalForm);
    return phone && canonical !== null && /^\+\d+$/.test(canonical) ? { ...phone, e164: canonical } : phone;
  },
  write({ e164, extension, raw, label }) {
    const number = extension === null ? e164 : `${e164} ext. ${extension}`;
    return withType({ value: e164 === null ? raw : number }, label);
  },
};

export const addressItems: ItemMapping<PostalAddress> = {
  read(item) {
    const street = joined([item.streetAddress, item.extendedAddress, item.poBox]);
    const { city, region, postalCode } = item;
    const country = textOf(item.countryCode) ?? textOf(item.country);
    const parts = { street, city: textOf(city), region: textOf(region), postalCode: textOf(postalCode), country };
    const isInOnePiece = Object.values(parts).every((part) => part === null);
    const address = isInOnePiece ? { street: joined([item.formattedValue]) } : parts;
    return normalizeAddress({ ...address, label: textOf(item.type) });
  },
  write({ street, city, region, postalCode, country, label }) {
    const isCode = country !== null && /^[A-Z]{2}$/.test(country);
    const parts = { streetAddress: street, city, region, postalCode, country: isCode ? nameOf(country) : country };
    return withType(withoutBlanks({ ...parts, countryCode: isCode ? country : null }), label);
  },
};

/** The items of the person's contact, the primary one first: Google promises no order. */
export function contactItems(items: Item[] | null | undefined): Item[] {
  const own = (items ?? []).filter(({ metadata }) => (metadata?.source?.type ?? 'CONTACT') === 'CONTACT');
  const isPrimary = ({ metadata }: Item) => metadata?.primary === true;
  return [...own.filter(isPrimary), ...own.filter((item) => !isPrimary(item))];
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

export function withoutBlanks(item: Record<string, unknown>): Item {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null && value !== undefined && value !== ''));
}

function withType(item: Item, label: string | null): Item {
  return label === null ? item : { ...item, type: label };
}

function joined(parts: unknown[]): string | null {
  return parts.flatMap((part) => textOf(part) ?? []).join(', ') || null;
}

const countryNames = new Intl.DisplayNames('en', { type: 'region' });

/** Google Contacts shows the name and not the code. */
function nameOf(code: string): string {
  return countryNames.of(code) ?? code;
}
