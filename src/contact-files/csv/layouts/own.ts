import type { Column, ColumnTarget, Layout } from '#contact-files/csv/columns.ts';
import { unescapeFormula } from '#contact-files/csv/formula.ts';
import { toExtraField } from '#domain/contact.ts';

/** Between the values of one cell, as in the export of Google Contacts. */
export const itemSeparator = ' ::: ';

/** How many emails, phone numbers and addresses have columns of their own. The last ones of them hold all further values. */
export const ownGroups = { email: 3, phone: 3, address: 2 } as const;

export interface OwnColumn {
  name: string;
  target: ColumnTarget;
  group?: number;
}

/** The columns of our own export, in order. `extras`: the names of the extras in accord.yaml. */
export function toOwnColumns(extras: readonly string[]): OwnColumn[] {
  return [...ownColumns, ...extras.map(toExtraField).map((name) => ({ name, target: name }))];
}

const ownColumns: readonly OwnColumn[] = [
  { name: 'Accord ID', target: 'contactId' },
  { name: 'Given name', target: 'givenName' },
  { name: 'Middle name', target: 'middleName' },
  { name: 'Family name', target: 'familyName' },
  { name: 'Name suffix', target: 'nameSuffix' },
  { name: 'Company', target: 'company' },
  { name: 'Job title', target: 'jobTitle' },
  ...toGroups('Email', ownGroups.email, [
    ['', 'email'],
    [' label', 'emailLabel'],
  ]),
  ...toGroups('Phone', ownGroups.phone, [
    ['', 'phone'],
    [' label', 'phoneLabel'],
  ]),
  ...toGroups('Address', ownGroups.address, [
    [' street', 'street'],
    [' city', 'city'],
    [' region', 'region'],
    [' postal code', 'postalCode'],
    [' country', 'country'],
    [' label', 'addressLabel'],
  ]),
  { name: 'Birthday', target: 'birthday' },
  { name: 'Tags', target: 'tags' },
  { name: 'Note', target: 'note' },
  { name: 'Source', target: 'source' },
  { name: 'Do not contact', target: 'doNotContact' },
];

function toGroups(kind: string, count: number, parts: [suffix: string, target: ColumnTarget][]): OwnColumn[] {
  return Array.from({ length: count }, (_, at) => at + 1).flatMap((group) =>
    parts.map(([suffix, target]) => ({ name: `${kind} ${group}${suffix}`, target, group })),
  );
}

/** Our own export. Columns may have been moved or left out since; one of an extra that is no more is left out. */
export function readOwnHeader(header: readonly string[], extras: readonly string[]): Layout | null {
  if (!header.includes('Accord ID')) return null;
  const known = toOwnColumns(extras);
  const columns: Column[] = header.flatMap((name, at) => {
    const own = known.find((each) => each.name === name);
    return own ? [{ at, name, target: own.target, ...(own.group !== undefined && { group: String(own.group) }) }] : [];
  });
  return { format: 'accord', columns, itemSeparator, clean: unescapeFormula };
}
