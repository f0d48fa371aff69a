import { describe, expect, it } from '@jest/globals';
import { toCsvHeader, toCsvRows } from '#contact-files/csv/write-csv.ts';
import type { ExportedContact } from '#contact-files/exported-contact.ts';
import { toVcards } from '#contact-files/vcard/write-vcards.ts';
import { emptyFields } from '#domain/contact.ts';
import { listFillingChanges } from '#domain/merge/fill-blanks.ts';
import { readAll } from './reading.ts';

const place = { city: 'Austin', region: 'TX', postalCode: '78701', country: 'US' };
const contacts: ExportedContact[] = [
  {
    id: '01900000-0000-7000-8000-000000000001',
    fields: {
      ...emptyFields,
      ...{ givenName: '=cmd|calc', familyName: 'Nöther, "Zoë"', nameSuffix: 'Jr.', company: '+Plus; Ltd', jobTitle: '@home' },
      emails: ['a', 'b', 'c', 'd'].map((name) => ({ address: `${name}@example.com`, label: name === 'b' ? 'Work' : null })),
      phones: [
        { e164: '+15125550143', extension: null, raw: '(512) 555-0143', label: 'Mobile' },
        { e164: '+15125550144', extension: '4', raw: '512-555-0144 x4', label: null },
      ],
      addresses: [1, 2, 3].map((number) => ({
        ...place,
        street: `${number} Oak St, Apt 3`,
        label: number === 2 ? 'Home' : null,
      })),
      ...{ birthday: '--12-10', tags: ['Cold, Lead', '-vip'], note: "'=first\nsecond", source: '\tweb' },
      doNotContact: { call: true, sms: false, email: true },
      ...{ 'extras.membership': '=Gold; "A"', 'extras.member_since': 'May\n2019' },
    },
  },
  { id: '01900000-0000-7000-8000-000000000002', fields: { ...emptyFields, company: 'Only a company' } },
];

const extras = ['membership', 'member_since'];

describe.each([
  ['CSV', () => toCsvHeader(extras) + toCsvRows(contacts, extras)],
  ['vCard', () => toVcards(contacts, extras)],
])('an export as %s', (_, write) => {
  it('changes nothing when it is imported again', async () => {
    const { rows } = await readAll(write(), { extras });
    expect(rows.map(({ contactId, problems }) => [contactId, problems])).toEqual(contacts.map(({ id }) => [id, []]));
    for (const [at, { fields }] of contacts.entries()) {
      expect(listFillingChanges(fields, rows[at]?.values ?? {})).toEqual([]);
      // Nothing is lost either: an empty contact gets all of it.
      expect(
        listFillingChanges({ ...emptyFields }, rows[at]?.values ?? {})
          .map(({ field }) => field)
          .toSorted(),
      ).toEqual(
        listFillingChanges({ ...emptyFields }, fields)
          .map(({ field }) => field)
          .toSorted(),
      );
    }
  });
});

it('a cell that a spreadsheet would run has an apostrophe, and a phone number has none', () => {
  const csv = toCsvRows(contacts, extras);
  expect(csv).toContain("'=cmd|calc,");
  expect(csv).toContain("'@home,");
  expect(csv).toContain(',+15125550143,');
  expect(csv).not.toMatch(/(^|,)"?[=@]/m);
  expect(csv).toContain(`,"'=Gold; ""A""",`);
});

it('an extra that accord.yaml has no more is left out of an import, and of an export', async () => {
  for (const file of [toCsvHeader(extras) + toCsvRows(contacts, extras), toVcards(contacts, extras)]) {
    const [first] = (await readAll(file, { extras: ['membership'] })).rows;
    expect([first?.values?.['extras.membership'], first?.values?.['extras.member_since']]).toEqual(['=Gold; "A"', undefined]);
  }
  expect(toCsvHeader(['membership'])).toMatch(/,Do not contact,extras\.membership\r\n$/);
  expect(toVcards(contacts, ['membership'])).not.toContain('MEMBER-SINCE');
});
