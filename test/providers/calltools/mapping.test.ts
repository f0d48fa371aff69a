import { describe, expect, it } from '@jest/globals';
import { fitValues } from '#providers/calltools/fit-values.ts';
import { findNumbers, toRecord } from '#providers/calltools/mapping.ts';
import { fromNew, fromPatch } from '#providers/calltools/payload.ts';
import { contact } from '#providers/calltools/schema.ts';
import { accountSchema } from '#providers/calltools/settings.ts';
import { parseFixture } from '#test/providers/fixtures.ts';

const account = accountSchema.parse({
  companyField: 'company_name',
  birthdayField: 'birthday',
  referenceField: 'hub_contact_id',
});
const phone = (e164: string, label: string | null = null) => ({ e164, extension: null, raw: e164, label });

describe('a contact of CallTools', () => {
  const ada = contact.parse(parseFixture('calltools', 'contact'));

  it('becomes canonical values', () => {
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
        tags: ['Hot'],
        lists: ['Cold Leads'],
        doNotContact: { call: false, sms: false, email: false },
      },
    });
  });

  it('leaves phones unsaid in a row that leaves them out', () => {
    const row = contact.parse(parseFixture('calltools', 'list-row'));
    const record = toRecord(row, account, { tags: ['Hot'], lists: [] });
    expect(record).toMatchObject({ complete: false, updatedAt: '2025-12-12T05:03:44.000Z' });
    expect(record.values).not.toHaveProperty('phones');
  });

  it('has the numbers of every field', () => {
    expect([...findNumbers(ada, account)]).toEqual(['+12055550143', '+12055550188']);
  });

  it.each([
    ['all numbers barred', [true, true], {}, true],
    ['one of two numbers barred', [true, false], {}, false],
    ['no number', [], {}, false],
    ['all numbers barred, which accord.yaml ignores', [true], { barredNumbers: 'ignore' as const }, false],
  ])('reads what a disposition did to the numbers: %s', (_, barred, changes, denied) => {
    const numbers = barred.map((do_not_contact) => ({ phone_number: '+12055550143', do_not_contact }));
    const { values } = toRecord({ ...ada, _phone_numbers: numbers }, { ...account, ...changes }, { tags: [], lists: [] });
    expect(values.doNotContact).toEqual({ call: denied, sms: denied, email: denied });
  });

  it('leaves unsaid that nothing is denied in a row that leaves the phones out', () => {
    const row = contact.parse(parseFixture('calltools', 'list-row'));
    expect(toRecord(row, account, { tags: [], lists: [] }).values).not.toHaveProperty('doNotContact');
    const denied = toRecord({ ...row, do_not_contact: true }, account, { tags: [], lists: [] });
    expect(denied.values.doNotContact?.call).toBe(true);
  });

  it('takes "do not contact" at its word', () => {
    const { values } = toRecord({ ...ada, do_not_contact: true }, account, { tags: [], lists: [] });
    expect(values.doNotContact).toEqual({ call: true, sms: true, email: true });
  });
});

describe('a write to CallTools', () => {
  it('names just what the patch names', () => {
    expect(fromPatch({ set: { familyName: 'King' } }, account)).toEqual({ last_name: 'King' });
    expect(fromPatch({ set: {} }, account)).toEqual({});
  });

  it('fills the slots of the phones and clears the others', () => {
    const set = { phones: [phone('+12055550188', 'work'), phone('+12055550143')] };
    expect(fromPatch({ set }, account)).toEqual({
      mobile_phone_number: '+12055550143',
      home_phone_number: '',
      office_phone_number: '+12055550188',
    });
  });

  it('clears texts with an empty text and a date with null', () => {
    expect(fromPatch({ set: { givenName: null, company: null, emails: [], birthday: null } }, account)).toEqual({
      first_name: '',
      company_name: '',
      personal_email_address: '',
      birthday: null,
    });
  });

  it('only ever denies, and only what concerns calls', () => {
    const doNotContact = { call: true, sms: false, email: false };
    expect(fromPatch({ set: { doNotContact } }, account)).toEqual({ do_not_contact: true });
    expect(fromPatch({ set: { doNotContact: { call: false, sms: true, email: true } } }, account)).toEqual({});
  });

  it('creates with our reference and without blanks, which a merge would write over what is there', () => {
    const set = { givenName: 'Ada', familyName: null, emails: [], phones: [phone('+12055550143')] };
    expect(fromNew({ set }, 'ref-1', account)).toEqual({
      first_name: 'Ada',
      mobile_phone_number: '+12055550143',
      hub_contact_id: 'ref-1',
    });
  });

  it('sends no field that accord.yaml does not name', () => {
    const plain = accountSchema.parse({});
    const set = { givenName: 'Ada', company: 'Engine Works', birthday: '1985-12-10' };
    expect(fromNew({ set }, 'ref-1', plain)).toEqual({ first_name: 'Ada' });
  });
});

describe('what CallTools can hold', () => {
  it.each([
    ['puts a phone where its label belongs', [phone('+1', 'work')], [phone('+1', 'work')]],
    ['puts an unlabelled phone in the first free slot', [phone('+1')], [phone('+1', 'mobile')]],
    ['lets a label go first', [phone('+1'), phone('+2', 'mobile')], [phone('+2', 'mobile'), phone('+1', 'home')]],
    [
      'moves a second phone of a label on',
      [phone('+1', 'work'), phone('+2', 'work')],
      [phone('+2', 'mobile'), phone('+1', 'work')],
    ],
    ['knows no other label', [phone('+1', 'fax')], [phone('+1', 'mobile')]],
    ['takes a number once', [phone('+1'), phone('+1', 'work')], [phone('+1', 'mobile')]],
    [
      'has three slots',
      ['+1', '+2', '+3', '+4'].map((e164) => phone(e164)),
      [phone('+1', 'mobile'), phone('+2', 'home'), phone('+3', 'work')],
    ],
    ['takes only numbers', [{ e164: null, extension: null, raw: '000', label: null }], []],
  ])('%s', (_, phones, fitted) => {
    expect(fitValues({ phones }, account)).toEqual({ phones: fitted });
  });

  it('is less where the account has fewer fields', () => {
    const values = { company: 'Engine Works', birthday: '1985-12-10', givenName: 'Ada' };
    expect(fitValues(values, accountSchema.parse({}))).toEqual({ givenName: 'Ada' });
  });
});
