import { describe, expect, it } from '@jest/globals';
import { toListedRecord, toRecord } from '#providers/gohighlevel/mapping.ts';
import { contact, contactResponse, searchResponse, searchRow } from '#providers/gohighlevel/schema.ts';
import { accountSchema } from '#providers/gohighlevel/settings.ts';
import { parseFixture } from '#test/providers/fixtures.ts';

const account = accountSchema.parse({ referenceField: 'MgobCB14YMVKuE4Ka8p1' });
const read = (fields: object) => toRecord(contact.parse({ id: 'c1', ...fields }), account).values;

describe('a contact of GoHighLevel', () => {
  const ada = contact.parse(contactResponse.parse(parseFixture('gohighlevel', 'contact')).contact);

  it('maps to canonical values', () => {
    expect(toRecord(ada, account)).toEqual({
      externalId: 'nmFmQEsNgz6AVpgLVUJ0',
      version: null,
      updatedAt: '2025-01-28T14:35:00.120Z',
      reference: 'accord:0194b0a4',
      complete: true,
      values: {
        givenName: 'Ada',
        familyName: 'Lovelace',
        company: 'Engine Works',
        emails: [{ address: 'ada@example.com', label: null }],
        phones: [{ e164: '+12055550143', extension: null, raw: '+12055550143', label: null }],
        addresses: [
          { street: '12 Analytical Street', city: 'Birmingham', region: 'AL', postalCode: '35203', country: 'US', label: null },
        ],
        birthday: '1985-12-10',
        tags: ['cold lead', 'interested'],
        source: 'landing page',
        doNotContact: { call: true, sms: false, email: false },
      },
    });
  });

  it('has empty values for absent fields', () => {
    expect(read({})).toEqual({
      givenName: null,
      familyName: null,
      company: null,
      emails: [],
      phones: [],
      addresses: [],
      birthday: null,
      tags: [],
      source: null,
      doNotContact: { call: false, sms: false, email: false },
    });
  });

  it('has a job title where the account names a custom field for it', () => {
    const customFields = [{ id: 'job-title', value: ' Chief  Analyst ' }];
    const withField = { ...account, jobTitleField: 'job-title' };
    const definition = { id: 'job-title', name: null, fieldKey: null, dataType: 'TEXT', picklistOptions: null };
    const fields = { byField: new Map([['jobTitle' as const, definition]]), areListed: true };
    const readTitle = (row: object) => toRecord(contact.parse({ id: 'c1', ...row }), withField, fields).values.jobTitle;
    expect([readTitle({ customFields }), readTitle({})]).toEqual(['Chief Analyst', null]);
    expect(read({ customFields })).not.toHaveProperty('jobTitle');
  });

  it('keeps an invalid phone number as typed', () => {
    expect(read({ phone: '000' }).phones).toEqual([{ e164: null, extension: null, raw: '000', label: null }]);
  });

  it('keeps an address in a country that cannot be read', () => {
    expect(read({ address1: '1 A St', country: 'Atlantis' }).addresses).toMatchObject([
      { street: '1 A St', country: 'Atlantis' },
    ]);
  });

  it("has no address when only the location's country is set", () => {
    expect(read({ country: 'US' }).addresses).toEqual([]);
  });

  it.each([
    ['everything denied', { dnd: true }, { call: true, sms: true, email: true }],
    ['a channel active', { dndSettings: { SMS: { status: 'active' } } }, { call: false, sms: true, email: false }],
    ['a channel permanent', { dndSettings: { Email: { status: 'permanent' } } }, { call: false, sms: false, email: true }],
    ['a channel inactive', { dndSettings: { Call: { status: 'inactive' } } }, { call: false, sms: false, email: false }],
    ['another channel', { dndSettings: { WhatsApp: { status: 'active' } } }, { call: false, sms: false, email: false }],
  ])('reads "do not disturb" with %s', (_, fields, doNotContact) => {
    expect(read(fields).doNotContact).toEqual(doNotContact);
  });

  it('has no name in a listing, which returns it in lower case', () => {
    const [row] = searchResponse.parse(parseFixture('gohighlevel', 'search-row')).contacts;
    if (!row) throw new Error('The fixture has a row.');
    const record = toListedRecord(searchRow.parse(row), account);
    expect(record).toMatchObject({ externalId: 'nmFmQEsNgz6AVpgLVUJ0', complete: false, updatedAt: '2025-01-28T14:35:00.120Z' });
    expect(record.values).not.toHaveProperty('givenName');
    expect(record.values).toMatchObject({ addresses: [{ street: '12 Analytical Street' }], tags: ['cold lead'] });
  });
});
