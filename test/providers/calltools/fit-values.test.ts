import { describe, expect, it } from '@jest/globals';
import { fitValues } from '#providers/calltools/fit-values.ts';
import { accountSchema } from '#providers/calltools/settings.ts';

const account = accountSchema.parse({
  companyField: 'company_name',
  birthdayField: 'birthday',
  referenceField: 'hub_contact_id',
});
const phone = (e164: string, label: string | null = null) => ({ e164, extension: null, raw: e164, label });

describe('fitValues of CallTools', () => {
  it.each([
    ['assigns a phone to the slot of its label', [phone('+1', 'work')], [phone('+1', 'work')]],
    ['assigns an unlabelled phone to the first free slot', [phone('+1')], [phone('+1', 'mobile')]],
    ['assigns labelled phones first', [phone('+1'), phone('+2', 'mobile')], [phone('+2', 'mobile'), phone('+1', 'home')]],
    [
      'assigns a second phone with the same label to another slot',
      [phone('+1', 'work'), phone('+2', 'work')],
      [phone('+2', 'mobile'), phone('+1', 'work')],
    ],
    ['ignores other labels', [phone('+1', 'fax')], [phone('+1', 'mobile')]],
    ['drops duplicate numbers', [phone('+1'), phone('+1', 'work')], [phone('+1', 'mobile')]],
    [
      'drops phones beyond the three slots',
      ['+1', '+2', '+3', '+4'].map((e164) => phone(e164)),
      [phone('+1', 'mobile'), phone('+2', 'home'), phone('+3', 'work')],
    ],
    [
      'keeps a text that is no number in its slot',
      [phone('+1'), { ...phone('555-0100', 'mobile'), e164: null }],
      [{ ...phone('555-0100', 'mobile'), e164: null }, phone('+1', 'home')],
    ],
  ])('%s', (_, phones, fitted) => {
    expect(fitValues({ phones }, account)).toEqual({ phones: fitted });
  });

  it('drops fields that the account does not have', () => {
    const values = { company: 'Engine Works', birthday: '1985-12-10', givenName: 'Ada' };
    expect(fitValues(values, accountSchema.parse({}))).toEqual({ givenName: 'Ada' });
  });
});
