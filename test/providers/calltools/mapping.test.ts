import { describe, expect, it } from '@jest/globals';
import { findNumbers, toRecord } from '#providers/calltools/mapping.ts';
import { contactOf } from '#providers/calltools/schema.ts';
import { accountSchema } from '#providers/calltools/settings.ts';
import { parseFixture } from '#test/providers/fixtures.ts';

const account = accountSchema.parse({
  companyField: 'company_name',
  birthdayField: 'birthday',
  referenceField: 'hub_contact_id',
});
const contact = contactOf(account);

describe('a contact of CallTools', () => {
  const ada = contact.parse(parseFixture('calltools', 'contact'));

  it('maps to canonical values', () => {
    expect(toRecord(ada, account, { tags: ['Hot'], lists: ['Cold Leads'] })).toEqual({
      externalId: '48151623',
      version: null,
      updatedAt: '2025-12-12T05:03:44.003Z',
      reference: 'accord:0194b0a4',
      complete: true,
      values: {
        givenName: 'Ada',
        familyName: 'Lovelace',
        company: 'Engine Works',
        emails: [{ address: 'ada@example.com', label: null }],
        phones: [
          { e164: '+12055550143', extension: null, raw: '+12055550143', label: 'mobile' },
          { e164: '+12055550188', extension: null, raw: '(205) 555-0188', label: 'work' },
        ],
        addresses: [
          { street: '12 Analytical Street', city: 'Birmingham', region: 'AL', postalCode: '35203', country: 'US', label: null },
        ],
        birthday: '1985-12-10',
        customFieldIds: { birthday: 'birthday', company: 'company_name' },
        tags: ['Hot'],
        lists: ['Cold Leads'],
        doNotContact: { call: false, sms: false, email: false },
      },
    });
  });

  it('has no phones in a row without phone fields', () => {
    const row = contact.parse(parseFixture('calltools', 'list-row'));
    const record = toRecord(row, account, { tags: ['Hot'], lists: [] });
    expect(record).toMatchObject({ complete: false, updatedAt: '2025-12-12T05:03:44.000Z' });
    expect(record.values).not.toHaveProperty('phones');
  });

  it('has the phone numbers of every field', () => {
    expect([...findNumbers(ada, account)]).toEqual(['+12055550143', '+12055550188']);
  });

  it.each([
    ['all numbers barred', [true, true], {}, true],
    ['one of two numbers barred', [true, false], {}, false],
    ['no number', [], {}, false],
    ['all numbers barred and accord.yaml set to ignore', [true], { barredNumbers: 'ignore' as const }, false],
  ])('reads the flags that a disposition set on its numbers: %s', (_, barred, changes, denied) => {
    const numbers = barred.map((do_not_contact) => ({ phone_number: '+12055550143', do_not_contact }));
    const { values } = toRecord({ ...ada, _phone_numbers: numbers }, { ...account, ...changes }, { tags: [], lists: [] });
    expect(values.doNotContact).toEqual({ call: denied, sms: denied, email: denied });
  });

  it('omits an unset do-not-contact flag in a row without phone fields', () => {
    const row = contact.parse(parseFixture('calltools', 'list-row'));
    expect(toRecord(row, account, { tags: [], lists: [] }).values).not.toHaveProperty('doNotContact');
    const denied = toRecord({ ...row, do_not_contact: true }, account, { tags: [], lists: [] });
    expect(denied.values.doNotContact?.call).toBe(true);
  });

  it('maps "do not contact" to all channels', () => {
    const { values } = toRecord({ ...ada, do_not_contact: true }, account, { tags: [], lists: [] });
    expect(values.doNotContact).toEqual({ call: true, sms: true, email: true });
  });
});
