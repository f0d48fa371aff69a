import type { Square } from 'square';
import type { ProviderValues, RecordPatch } from '#domain/contact.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizeName } from '#domain/normalize/name.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { normalizeLine } from '#domain/normalize/text.ts';
import type { PostalAddress } from '#domain/values.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { fitValues, normalizeNote } from './fit-values.ts';
import type { SquareCustomer } from './schema.ts';
import type { SquareAccount } from './settings.ts';

/** The fields of a customer that we write. Sent alone, they leave all others as they are. */
export type CustomerFields = Omit<Square.BulkCreateCustomerData, 'nickname' | 'referenceId' | 'taxIds'>;

export type NewFields = { [Field in keyof CustomerFields]: NonNullable<CustomerFields[Field]> };

export function toRecord(customer: SquareCustomer, account: SquareAccount): ProviderRecord {
  return {
    externalId: customer.id,
    version: customer.version?.toString() ?? null,
    updatedAt: customer.updatedAt ?? null,
    reference: isOurs(customer.referenceId) ? customer.referenceId : null,
    complete: true,
    values: fitValues(toValues(customer, account)),
  };
}

/**
 * The answer to a look-up by id. An id that was merged away is answered with the profile that it became part of, under that one's
 * id (Square forum, 10676 and 174).
 */
export function toRecordOf(externalId: string, customer: SquareCustomer, account: SquareAccount): ProviderRecord {
  const record = toRecord(customer, account);
  return record.externalId === externalId ? record : { ...record, replaces: [externalId] };
}

/** What an update sends: `null` clears (Square docs, clearing fields), and what is not named stays. */
export function fromPatch({ set }: Pick<RecordPatch, 'set'>): CustomerFields {
  const { givenName, familyName, company, emails, phones, addresses, birthday, note } = fitValues(set);
  const fields = {
    givenName,
    familyName,
    companyName: company,
    emailAddress: emails && (emails[0]?.address ?? null),
    phoneNumber: phones && (phones[0]?.e164 ?? null),
    address: addresses && fromAddress(addresses[0]),
    // Square docs (Customer): a birthday without a year is `MM-DD`.
    birthday: birthday?.replace(/^--/, '') ?? birthday,
    note,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** What a create sends has nothing to clear. */
export function fromNew(patch: Pick<RecordPatch, 'set'>): NewFields {
  const { address, ...fields } = fromPatch(patch);
  return withoutNulls({ ...fields, address: address && withoutNulls(address) }) as NewFields;
}

/** A reference of ours is a UUID. Whatever else stands there is the shop's own, as a number in its books. */
function isOurs(referenceId: string | null | undefined): referenceId is string {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(referenceId ?? '');
}

/** A field that is absent is empty: Square leaves empty fields out. */
function toValues(customer: SquareCustomer, { defaultRegion }: SquareAccount): ProviderValues {
  const { address: place } = customer;
  const email = normalizeEmail(customer.emailAddress);
  const phone = normalizePhone(customer.phoneNumber, { defaultRegion });
  const lines = [place?.addressLine1, place?.addressLine2, place?.addressLine3].map(normalizeLine);
  const address = normalizeAddress({
    street: lines.filter((line) => line !== null).join(', '),
    city: place?.locality,
    region: place?.administrativeDistrictLevel1,
    postalCode: place?.postalCode,
    country: place?.country,
  });
  return {
    givenName: normalizeName(customer.givenName),
    familyName: normalizeName(customer.familyName),
    company: normalizeLine(customer.companyName),
    emails: email ? [email] : [],
    phones: phone ? [phone] : [],
    addresses: address ? [address] : [],
    // Square docs (Customer): the year of one that has none is 0000.
    birthday: customer.birthday?.replace(/^0000-/, '--') ?? null,
    note: normalizeNote(customer.note),
  };
}

/** All lines of the street stand in the first. The parts that we do not know, such as a sublocality, stay as they are. */
function fromAddress(address: PostalAddress | undefined): Square.Address {
  // Square takes a null to clear, and the SDK sends it; only its types do not say so.
  const none = null as unknown as undefined;
  if (address === undefined) return none as unknown as Square.Address;
  return {
    addressLine1: address.street,
    addressLine2: null,
    addressLine3: null,
    locality: address.city,
    administrativeDistrictLevel1: address.region,
    postalCode: address.postalCode,
    country: (address.country ?? none) as Square.Country,
  };
}

function withoutNulls(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}
