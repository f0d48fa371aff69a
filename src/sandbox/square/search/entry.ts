import type { Customer } from '#sandbox/square/customers/customer.ts';
import { toE164 } from '#sandbox/square/customers/phone.ts';

/** Fields that can be searched for an exact value. */
export const exactFields = ['email_address', 'phone_number', 'reference_id'] as const;
export type ExactField = (typeof exactFields)[number];

/** A profile in the index, with precomputed search keys. */
export interface Entry {
  customer: Customer;
  createdAt: number;
  updatedAt: number;
  /** Sort key of the default order. */
  name: string;
  exact: { [K in ExactField]?: string | undefined };
}

/** Computes the search keys of a profile. */
export function toEntry(customer: Customer, sellerCountry: string): Entry {
  const { email_address: email, phone_number: phone, reference_id: reference } = customer;
  return {
    customer,
    createdAt: Date.parse(customer.created_at),
    updatedAt: Date.parse(customer.updated_at),
    name: nameOf(customer).toLowerCase(),
    exact: {
      email_address: email?.toLowerCase(),
      // Square docs (CustomerTextFilter): stored numbers are converted to E.164 for the match.
      phone_number: phone && toE164(phone, sellerCountry),
      reference_id: reference?.toLowerCase(),
    },
  };
}

/** Square SDK docs (CustomerSortField): given and family name together; without both, company name, email, phone. */
function nameOf({ given_name, family_name, company_name, email_address, phone_number }: Customer): string {
  return [given_name, family_name].filter(Boolean).join(' ') || (company_name ?? email_address ?? phone_number ?? '');
}
