import type { ProviderValues } from '#domain/contact.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { readEmail } from '#domain/normalize/email.ts';
import { normalizeFamilyName, normalizeName } from '#domain/normalize/name.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { normalizeLine, normalizeText } from '#domain/normalize/text.ts';
import type { PostalAddress } from '#domain/values.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { fitValues } from './fit-values.ts';
import type { SquareCustomer } from './schema.ts';
import type { SquareAccount } from './settings.ts';

/** Maps a customer to a record. */
export function toRecord(customer: SquareCustomer, account: SquareAccount): ProviderRecord {
  return {
    externalId: customer.id,
    version: customer.version?.toString() ?? null,
    updatedAt: customer.updatedAt,
    reference: isOurs(customer.referenceId) ? customer.referenceId : null,
    complete: true,
    values: { ...fitValues(toValues(customer, account)), ...toRefusals(customer) },
  };
}

/**
 * Maps a customer that was requested by id. For an id that was merged away, Square returns the merged profile with its own id (Square
 * forum, 10676 and 174).
 */
export function toRequestedRecord(externalId: string, customer: SquareCustomer, account: SquareAccount): ProviderRecord {
  const record = toRecord(customer, account);
  return record.externalId === externalId ? record : { ...record, replaces: [externalId] };
}

/** Our references are UUIDs. Any other value belongs to the seller, such as a number in its books. */
function isOurs(referenceId: string | null | undefined): referenceId is string {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(referenceId ?? '');
}

/** Empty when the text is no date: a date that cannot be read is not an absent one. */
function readBirthday(birthday: string | null): ProviderValues {
  const date = birthday?.replace(/^0000-/, '--') || null;
  return date === null || /^(\d{4}|-)-\d\d-\d\d$/.test(date) ? { birthday: date } : {};
}

/**
 * Square docs (Customer): `preferences.email_unsubscribed` is true once the customer opted out of marketing email, and read only. Its
 * absence says nothing.
 */
function toRefusals({ preferences }: SquareCustomer): ProviderValues {
  const email = preferences?.emailUnsubscribed;
  return email == null ? {} : { doNotContact: { call: false, sms: false, email } };
}

/** An absent field is empty: Square omits empty fields. */
function toValues(customer: SquareCustomer, { defaultRegion }: SquareAccount): ProviderValues {
  const email = readEmail(customer.emailAddress);
  const phone = normalizePhone(customer.phoneNumber, { defaultRegion });
  const address = toAddress(customer.address);
  return {
    givenName: normalizeName(customer.givenName),
    familyName: normalizeFamilyName(customer.familyName),
    company: normalizeLine(customer.companyName),
    emails: email ? [email] : [],
    phones: phone ? [phone] : [],
    addresses: address ? [address] : [],
    // Square docs (Customer): the year 0000 means that the year is unknown.
    ...readBirthday(customer.birthday),
    note: normalizeText(customer.note),
  };
}

/** An address that has only parts without a place of their own, such as the sublocality, is read from those: it is not empty. */
function toAddress(place: SquareCustomer['address']): PostalAddress | null {
  if (!place) return null;
  const address = normalizeAddress({
    street: joinLines([place.addressLine1, place.addressLine2, place.addressLine3]),
    city: place.locality,
    region: place.administrativeDistrictLevel1,
    postalCode: place.postalCode,
    country: place.country,
  });
  const areas = [place.sublocality, place.sublocality2, place.sublocality3];
  const districts = [place.administrativeDistrictLevel2, place.administrativeDistrictLevel3];
  return address ?? normalizeAddress({ street: joinLines([...areas, ...districts]) });
}

function joinLines(lines: (string | null)[]): string {
  return lines.flatMap((line) => normalizeLine(line) ?? []).join(', ');
}
