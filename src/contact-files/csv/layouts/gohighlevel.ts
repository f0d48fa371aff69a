import type { Column, ColumnTarget, Layout } from '#contact-files/csv/columns.ts';

/**
 * The export of HighLevel's contacts. HighLevel documents no columns, and its users choose them: `Contact Id`, `First Name`, `Last Name`, `Phone`,
 * `Email`, `Created`, `Last Activity` and `Tags` are as programs that read such exports quote them, with commas between tags; the others are
 * assumed from its fields (help.gohighlevel.com, article 155000005143, has `Company`, `Tags` and `Additional Phone` for imports).
 */
export function readGoHighLevelHeader(header: readonly string[]): Layout | null {
  const names = new Set(header.map((name) => name.toLowerCase()));
  if (!names.has('contact id') || !(names.has('phone') || names.has('email'))) return null;
  const columns: Column[] = header.flatMap((name, at) => {
    const target = targets[name.toLowerCase()];
    // Each email and phone of a row is a value of its own; the columns of the address are one address.
    return target ? [{ at, name, target, ...(isItem(target) && { group: name, separator: ',' }) }] : [];
  });
  return { format: 'gohighlevel', columns };
}

const isItem = (target: ColumnTarget): boolean => target === 'email' || target === 'phone';

const targets: Record<string, ColumnTarget> = {
  name: 'fullName',
  'contact name': 'fullName',
  'full name': 'fullName',
  'first name': 'givenName',
  'last name': 'familyName',
  email: 'email',
  'additional email': 'email',
  'additional emails': 'email',
  phone: 'phone',
  'additional phone': 'phone',
  'additional phones': 'phone',
  'business name': 'company',
  'company name': 'company',
  company: 'company',
  'date of birth': 'birthday',
  tags: 'tags',
  source: 'source',
  'contact source': 'source',
  address: 'street',
  'street address': 'street',
  city: 'city',
  state: 'region',
  'postal code': 'postalCode',
  country: 'country',
  dnd: 'doNotContact',
};
