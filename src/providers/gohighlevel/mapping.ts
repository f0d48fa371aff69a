import type { ProviderValues, RecordPatch } from '#domain/contact.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizeName } from '#domain/normalize/name.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { normalizeLine } from '#domain/normalize/text.ts';
import type { DoNotContact, PostalAddress } from '#domain/values.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { fitValues } from './fit-values.ts';
import type { GoHighLevelContact, SearchRow } from './schema.ts';
import type { GoHighLevelAccount } from './settings.ts';

export function toRecord(contact: GoHighLevelContact, account: GoHighLevelAccount): ProviderRecord {
  const values = { ...toValues(contact, contact.address1, account), ...toName(contact) };
  return { ...toEnvelope(contact, account), complete: true, values: fitValues(values, account) };
}

/** Without the name: a search knows it in lower case alone. */
export function toListedRecord(row: SearchRow, account: GoHighLevelAccount): ProviderRecord {
  return { ...toEnvelope(row, account), complete: false, values: fitValues(toValues(row, row.address, account), account) };
}

/** What an update sends. Lists are given whole, `null` clears; tags have routes of their own, and the company none. */
export function fromPatch({ set }: Pick<RecordPatch, 'set'>, account: GoHighLevelAccount): Record<string, unknown> {
  const { givenName, familyName, source, emails, phones, addresses, birthday, doNotContact } = fitValues(set, account);
  return withoutUndefined({
    firstName: givenName,
    lastName: familyName,
    source,
    email: emails && (emails[0]?.address ?? null),
    phone: phones && (phones[0]?.e164 ?? phones[0]?.raw ?? null),
    ...(addresses && fromAddress(addresses[0])),
    dateOfBirth: birthday,
    dndSettings: doNotContact && fromDoNotContact(doNotContact),
  });
}

function toEnvelope(contact: GoHighLevelContact | SearchRow, { referenceField }: GoHighLevelAccount) {
  const reference = contact.customFields?.find(({ id }) => id === referenceField)?.value;
  return {
    externalId: contact.id,
    version: null,
    updatedAt: contact.dateUpdated ?? null,
    reference: typeof reference === 'string' && reference !== '' ? reference : null,
  };
}

function toName({ firstName, lastName }: GoHighLevelContact): ProviderValues {
  return { givenName: normalizeName(firstName), familyName: normalizeName(lastName) };
}

/** A field that is absent is empty: HighLevel leaves empty fields out. */
function toValues(contact: GoHighLevelContact | SearchRow, street: string | null | undefined, account: GoHighLevelAccount) {
  const { city, state: region, postalCode, country } = contact;
  const email = normalizeEmail(contact.email);
  const phone = normalizePhone(contact.phone, { defaultRegion: account.defaultRegion });
  const address = normalizeAddress({ street, city, region, postalCode, country });
  return {
    company: normalizeLine(contact.companyName),
    emails: email ? [email] : [],
    phones: phone ? [phone] : [],
    addresses: address ? [address] : [],
    // A date, or an instant at midnight UTC.
    birthday: /^\d{4}-\d{2}-\d{2}/.exec(contact.dateOfBirth ?? '')?.[0] ?? null,
    tags: contact.tags ?? [],
    source: normalizeLine(contact.source),
    doNotContact: toDoNotContact(contact),
  };
}

/** "active" means that "do not disturb" is on; "permanent" that only the person can lift it. `dnd` covers all channels. */
function toDoNotContact({ dnd, dndSettings }: GoHighLevelContact | SearchRow): DoNotContact {
  const denies = (channel: string) => dnd === true || ['active', 'permanent'].includes(dndSettings?.[channel]?.status ?? '');
  return { call: denies('Call'), sms: denies('SMS'), email: denies('Email') };
}

/** The create's body takes the company as well, and has nothing to clear. */
export function fromNew(
  patch: Pick<RecordPatch, 'set' | 'addTags'>,
  reference: string,
  account: GoHighLevelAccount,
): Record<string, unknown> {
  const { referenceField } = account;
  const { company, tags } = fitValues({ ...patch.set, tags: patch.addTags }, account);
  const body = {
    ...fromPatch(patch, account),
    companyName: company,
    tags,
    customFields: referenceField && [{ id: referenceField, field_value: reference }],
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== null && value !== ''));
}

/**
 * Only denials: what a person switched off in HighLevel is switched on again there, by a person. HighLevel sets some of them itself,
 * after a STOP or a complaint, and a permission from elsewhere does not know of it.
 */
function fromDoNotContact({ call, sms, email }: DoNotContact): Record<string, { status: string }> | undefined {
  const denied = Object.entries({ Call: call, SMS: sms, Email: email }).filter(([, denies]) => denies);
  return denied.length > 0 ? Object.fromEntries(denied.map(([channel]) => [channel, { status: 'active' }])) : undefined;
}

/** Unlike its siblings, postal code and country cannot be null (HighLevel docs): an empty text clears the one, nothing the other. */
function fromAddress(address: PostalAddress | undefined): Record<string, unknown> {
  return {
    address1: address?.street ?? null,
    city: address?.city ?? null,
    state: address?.region ?? null,
    postalCode: address?.postalCode ?? '',
    country: address?.country ?? undefined,
  };
}

function withoutUndefined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
