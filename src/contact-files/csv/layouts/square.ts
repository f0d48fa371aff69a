import type { Column, ColumnTarget, Layout } from '#contact-files/csv/columns.ts';

/**
 * The export of Square's customer directory. Square documents the formats of dates and `Email Subscription Status`
 * (squareup.com/help/us/en/article/6632), and no list of columns: these are assumed from its fields. Several names of one column are those of
 * different countries.
 */
export function readSquareHeader(header: readonly string[]): Layout | null {
  const names = new Set(header.map((name) => name.toLowerCase()));
  const isSquare =
    names.has('square customer id') ||
    (names.has('email address') && names.has('phone number') && (names.has('reference id') || names.has('creation source')));
  if (!isSquare) return null;
  const columns: Column[] = header.flatMap((name, at) => {
    const target = targets[name.toLowerCase()];
    return target ? [{ at, name, target }] : [];
  });
  return { format: 'square', columns };
}

const targets: Record<string, ColumnTarget> = {
  'first name': 'givenName',
  'given name': 'givenName',
  surname: 'familyName',
  'last name': 'familyName',
  'family name': 'familyName',
  'email address': 'email',
  'phone number': 'phone',
  'company name': 'company',
  'street address': 'street',
  'street address 1': 'street',
  'street address 2': 'street',
  'address line 1': 'street',
  'address line 2': 'street',
  city: 'city',
  suburb: 'city',
  town: 'city',
  state: 'region',
  province: 'region',
  county: 'region',
  'postal code': 'postalCode',
  postcode: 'postalCode',
  'zip code': 'postalCode',
  country: 'country',
  birthday: 'birthday',
  memo: 'note',
  note: 'note',
  notes: 'note',
  'email subscription status': 'emailSubscription',
};
