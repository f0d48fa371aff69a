import type { Column, ColumnTarget, Layout } from '#contact-files/csv/columns.ts';

/**
 * The CSV export of Google Contacts. Google documents no columns. Those of today (`First Name`, `E-mail 1 - Label`, `Labels`) and those of until
 * 2024 (`Given Name`, `E-mail 1 - Type`, `Group Membership`) are as programs that read such exports quote them; several values of one cell have
 * ` ::: ` between them there. A label that begins with `* ` is one of Google's own: a group such as `* myContacts`, the main one of several values.
 */
export function readGoogleHeader(header: readonly string[]): Layout | null {
  const names = new Set(header.map((name) => name.toLowerCase()));
  const isToday = names.has('first name') && names.has('last name') && (names.has('labels') || names.has('file as'));
  const isFormer = names.has('given name') && names.has('family name') && names.has('group membership');
  const hasValues = header.some((name) => /^(?:e-mail|phone) 1 - (?:value|label|type)$/i.test(name));
  if (!isToday && !isFormer && !hasValues) return null;
  const columns = header.flatMap((name, at) => toColumn(name, at) ?? []);
  const isTag = (tag: string) => tag !== '' && !tag.startsWith('* ');
  return { format: 'google', columns, itemSeparator: ' ::: ', clean: withoutStar, isTag };
}

const texts: Record<string, ColumnTarget> = {
  name: 'fullName',
  'first name': 'givenName',
  'given name': 'givenName',
  'middle name': 'middleName',
  'additional name': 'middleName',
  'last name': 'familyName',
  'family name': 'familyName',
  'name suffix': 'nameSuffix',
  'organization name': 'company',
  'organization 1 - name': 'company',
  'organization title': 'jobTitle',
  'organization 1 - title': 'jobTitle',
  birthday: 'birthday',
  notes: 'note',
  labels: 'tags',
  'group membership': 'tags',
};

const parts: Record<string, ColumnTarget> = {
  'e-mail/value': 'email',
  'e-mail/label': 'emailLabel',
  'e-mail/type': 'emailLabel',
  'phone/value': 'phone',
  'phone/label': 'phoneLabel',
  'phone/type': 'phoneLabel',
  'address/street': 'street',
  'address/extended address': 'street',
  'address/po box': 'street',
  'address/city': 'city',
  'address/region': 'region',
  'address/postal code': 'postalCode',
  'address/country': 'country',
  'address/formatted': 'wholeAddress',
  'address/label': 'addressLabel',
  'address/type': 'addressLabel',
};

function toColumn(name: string, at: number): Column | null {
  const target = texts[name.toLowerCase()];
  if (target) return { at, name, target };
  const [, kind = '', group = '', part = ''] = /^(e-mail|phone|address) (\d+) - (.+)$/i.exec(name) ?? [];
  const item = parts[`${kind}/${part}`.toLowerCase()];
  return item ? { at, name, target: item, group } : null;
}

/** `* Work` is the label `Work` of the main value. Tags keep their star, by which they are told from the user's own. */
function withoutStar(text: string): string {
  return /^\* (?:home|work|other|mobile|main|school|home fax|work fax|pager|grandcentral)$/i.test(text) ? text.slice(2) : text;
}
