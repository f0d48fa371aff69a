/** Square docs (Customer): parts of an address. `first_name` and `last_name` are ignored on writes. */
export const addressParts = [
  'address_line_1',
  'address_line_2',
  'address_line_3',
  'locality',
  'sublocality',
  'sublocality_2',
  'sublocality_3',
  'administrative_district_level_1',
  'administrative_district_level_2',
  'administrative_district_level_3',
  'postal_code',
  'country',
] as const;
export type Address = { [K in (typeof addressParts)[number]]?: string };

/** A profile as Square answers it: what is empty is absent. */
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

/** What a write may change: null empties the field, an absent one is left alone. */
export type CustomerChanges = Nullable<
  Omit<Customer, 'id' | 'created_at' | 'updated_at' | 'creation_source' | 'version' | 'address' | 'segment_ids' | 'tax_ids'>
> & { address?: Nullable<Address> | null | undefined; tax_ids?: Nullable<{ eu_vat: string }> | null | undefined };

/** Square docs (CreateCustomer): one of these is needed, and a profile without any is neither listed nor searched nor counted. */
const identifying = ['given_name', 'family_name', 'company_name', 'email_address', 'phone_number'] as const;

export const isListed = (customer: Customer) => identifying.some((name) => customer[name] !== undefined);
export const identifies = (changes: CustomerChanges) => identifying.some((name) => Boolean(changes[name]));

/** Square docs (clearing fields; UpdateCustomer): sparse, null clears; of an address only the parts that are sent change. */
export function applyChanges(customer: Customer, { address, tax_ids, ...changes }: CustomerChanges): Customer {
  return sparse(customer, {
    ...changes,
    ...(address !== undefined && { address: nested(customer.address, address) }),
    ...(tax_ids !== undefined && { tax_ids: nested(customer.tax_ids, tax_ids) }),
    ...(changes.group_ids && { group_ids: changes.group_ids.length > 0 ? changes.group_ids : null }),
  }) as unknown as Customer;
}

function nested(kept: object | undefined, changes: object | null): object | null {
  const next = changes && sparse(kept ?? {}, changes);
  return next && Object.keys(next).length > 0 ? next : null;
}

function sparse(kept: object, changes: object): Record<string, unknown> {
  const next: Record<string, unknown> = { ...kept };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete next[name];
    else if (value !== undefined) next[name] = value;
  }
  return next;
}
