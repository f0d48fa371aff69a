/** Square docs (Address). */
export interface Address {
  address_line_1?: string;
  address_line_2?: string;
  address_line_3?: string;
  locality?: string;
  sublocality?: string;
  sublocality_2?: string;
  sublocality_3?: string;
  administrative_district_level_1?: string;
  administrative_district_level_2?: string;
  administrative_district_level_3?: string;
  postal_code?: string;
  country?: string;
}

/** A profile as Square returns it: empty fields are absent. */
export interface Customer {
  id: string;
  created_at: string;
  updated_at: string;
  given_name?: string;
  family_name?: string;
  company_name?: string;
  nickname?: string;
  email_address?: string;
  phone_number?: string;
  address?: Address;
  birthday?: string;
  reference_id?: string;
  note?: string;
  tax_ids?: { eu_vat?: string };
  preferences: { email_unsubscribed: boolean };
  group_ids?: string[];
  segment_ids?: string[];
  creation_source: string;
  version: number;
}

type Nullable<T> = { [K in keyof T]?: T[K] | null | undefined };

/** The fields of a write: null clears a field, an absent field stays. */
export type CustomerChanges = Nullable<
  Omit<Customer, 'id' | 'created_at' | 'updated_at' | 'creation_source' | 'version' | 'address' | 'segment_ids' | 'tax_ids'>
> & { address?: Nullable<Address> | null | undefined; tax_ids?: Nullable<{ eu_vat: string }> | null | undefined };

/** Square docs (CreateCustomer): one of these is required. A profile without any is not listed, searched or counted. */
const identifying = ['given_name', 'family_name', 'company_name', 'email_address', 'phone_number'] as const;

/** Whether listings and searches include the profile. */
export const isListed = (customer: Customer) => identifying.some((name) => customer[name] !== undefined);
/** Whether the fields are sufficient for a create. */
export const identifies = (changes: CustomerChanges) => identifying.some((name) => Boolean(changes[name]));

/** Square docs (clearing fields; UpdateCustomer): updates are sparse, null clears, and an address changes part by part. */
export function applyChanges(customer: Customer, { address, tax_ids, ...changes }: CustomerChanges): Customer {
  return sparse(customer, {
    ...changes,
    ...(address !== undefined && { address: nested(customer.address, address) }),
    ...(tax_ids !== undefined && { tax_ids: nested(customer.tax_ids, tax_ids) }),
    ...(changes.group_ids && { group_ids: changes.group_ids.length > 0 ? changes.group_ids : null }),
  });
}

function nested(kept: object | undefined, changes: object | null): object | null {
  const next = changes && sparse(kept ?? {}, changes);
  return next && Object.keys(next).length > 0 ? next : null;
}

function sparse<T extends object>(kept: T, changes: object): T {
  const next = { ...kept };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) Reflect.deleteProperty(next, name);
    else if (value !== undefined) Object.assign(next, { [name]: value });
  }
  return next;
}
