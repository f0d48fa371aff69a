import { invalidRequest } from '#sandbox/square/api-error.ts';
import type { SquareSettings } from '#sandbox/square/settings.ts';
import type { CustomerChanges } from './customer.ts';
import type { CustomerFields } from './customer-body.ts';
import { isPhone } from './phone.ts';

/** The European Union and the United Kingdom. */
const euVatCountries = new Set('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK GB'.split(' '));

interface Origin {
  /** Imported customers hold any text as their phone number. */
  isImported?: boolean;
}

/** Checks a body's fields under the seller's settings. One invalid field refuses the whole write. */
export function toChanges(
  { tax_ids, ...fields }: CustomerFields,
  { sellerCountry }: SquareSettings,
  { isImported = false }: Origin = {},
): CustomerChanges {
  const { phone_number: phone } = fields;
  if (phone && !isImported && !isPhone(phone, sellerCountry)) {
    throw invalidRequest('INVALID_PHONE_NUMBER', 'Expected phone_number to be a valid phone number', 'phone_number');
  }
  // Square docs (CustomerTaxIds): stored for sellers in the EU and the UK, ignored elsewhere.
  return euVatCountries.has(sellerCountry) ? { ...fields, tax_ids } : fields;
}
