import type { Square } from 'square';
import type { RecordPatch } from '#domain/contact.ts';
import type { PostalAddress } from '#domain/values.ts';
import { fitValues, isSquareCountry } from './fit-values.ts';

/** The customer fields that Accord writes. In an update, null clears a field, and absent fields stay unchanged. */
export interface CustomerFields {
  givenName?: string | null;
  familyName?: string | null;
  companyName?: string | null;
  emailAddress?: string | null;
  phoneNumber?: string | null;
  address?: AddressFields | null;
  birthday?: string | null;
  note?: string | null;
}

export interface AddressFields {
  addressLine1: string | null;
  addressLine2: null;
  addressLine3: null;
  locality: string | null;
  administrativeDistrictLevel1: string | null;
  postalCode: string | null;
  country: Square.Country | null;
}

/** The same fields as Square's errors spell them, so that an error message can name the refused one. */
export const sentFields = {
  given_name: true,
  family_name: true,
  company_name: true,
  email_address: true,
  phone_number: true,
  address: true,
  birthday: true,
  note: true,
};

/** Builds the fields of an update. `null` clears a field (Square docs, clearing fields). */
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

/** Builds the SDK's request of an update. */
export function toUpdateRequest(
  customerId: string,
  fields: CustomerFields,
  version: string | null,
): Square.UpdateCustomerRequest {
  const request = { ...fields, customerId, ...(version !== null && { version: BigInt(version) }) };
  // Square clears `address` and `country` by null, and the SDK sends it. Only the SDK's types lack it.
  return request as Square.UpdateCustomerRequest;
}

/** A create has nothing to clear, so its fields are never null. */
export type NewFields = Pick<Square.CreateCustomerRequest, keyof CustomerFields>;

/** Builds the fields of a create, without empty ones. */
export function fromNew(patch: Pick<RecordPatch, 'set'>): NewFields {
  const { address, ...fields } = fromPatch(patch);
  return withoutNulls({ ...fields, address: address && withoutNulls(address) });
}

/** Writes the whole street to the first line. Parts that Accord does not map, such as the sublocality, stay unchanged. */
function fromAddress(address: PostalAddress | undefined): AddressFields | null {
  if (address === undefined) return null;
  return {
    addressLine1: address.street,
    addressLine2: null,
    addressLine3: null,
    locality: address.city,
    administrativeDistrictLevel1: address.region,
    postalCode: address.postalCode,
    country: isSquareCountry(address.country) ? address.country : null,
  };
}

function withoutNulls(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}
