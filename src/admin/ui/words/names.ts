import type { Schemas } from '#admin/rest/client.ts';

type Fields = Schemas['ContactFields'];

const labels: Record<string, string> = {
  givenName: 'Given name',
  middleName: 'Middle name',
  familyName: 'Family name',
  nameSuffix: 'Suffix',
  company: 'Company',
  jobTitle: 'Job title',
  emails: 'Email',
  phones: 'Phone',
  addresses: 'Address',
  birthday: 'Birthday',
  tags: 'Tags',
  note: 'Note',
  source: 'Source',
  doNotContact: 'Do not contact',
};

/** `jobTitle` → `Job title`; a field that is not known here, or an extra, in plain words as well: `extras.shoe_size` → `Shoe size`. */
export function fieldLabel(field: string): string {
  const words = field
    .replace(/^extras\./, '')
    .replace(/_/g, ' ')
    .replace(/([A-Z])/g, ' $1')
    .toLowerCase();
  return labels[field] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** Every field with its value, extras one by one under the names that histories and comparisons have. */
export function listFields({ extras, ...fields }: Fields): [field: string, value: unknown][] {
  const own = Object.entries(extras).map(([name, value]): [string, unknown] => [`extras.${name}`, value]);
  return [...Object.entries(fields), ...own];
}

/** The whole name, or the company, of a contact. */
export function nameOf({ givenName, middleName, familyName, nameSuffix, company }: Fields): string {
  const parts = [givenName, middleName, familyName, nameSuffix].filter(Boolean);
  return parts.join(' ') || String(company ?? '') || '(no name)';
}

/** A value of any field as people read it; empty text for no value. */
export function sayValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(sayValue).filter(Boolean).join(', ');
  if (typeof value === 'object') return sayObject({ ...value });
  return String(value);
}

const channels: Record<string, string> = { call: 'calls', sms: 'texts', email: 'emails' };

/** An email, a phone, an address or refusals. */
function sayObject(value: Record<string, unknown>): string {
  const { address, e164, raw, extension } = value;
  if (typeof address === 'string') return address;
  if (typeof raw === 'string') return `${typeof e164 === 'string' ? e164 : raw}${extension ? ` ext. ${extension}` : ''}`;
  const parts = Object.entries(value).filter(([key]) => key !== 'label');
  // Beside the channels the history has who refused them.
  if (typeof value.call === 'boolean')
    return parts
      .filter(([, isSet]) => isSet === true)
      .map(([key]) => channels[key] ?? key)
      .join(', ');
  return parts
    .map(([, part]) => sayValue(part))
    .filter(Boolean)
    .join(', ');
}
