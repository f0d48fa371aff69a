import { describe, expect, it } from '@jest/globals';
import { fromNew, fromPatch } from '#providers/calltools/payload.ts';
import { accountSchema } from '#providers/calltools/settings.ts';

const account = accountSchema.parse({
  companyField: 'company_name',
  birthdayField: 'birthday',
  referenceField: 'hub_contact_id',
});
const phone = (e164: string, label: string | null = null) => ({ e164, extension: null, raw: e164, label });

describe('the payload of a write to CallTools', () => {
  it('has only the fields of the patch', () => {
    expect(fromPatch({ set: { familyName: 'King' } }, account)).toEqual({ last_name: 'King' });
    expect(fromPatch({ set: {} }, account)).toEqual({});
  });

  it('fills the phone slots and clears the unused ones', () => {
    const set = { phones: [phone('+12055550188', 'work'), phone('+12055550143')] };
    expect(fromPatch({ set }, account)).toEqual({
      mobile_phone_number: '+12055550143',
      home_phone_number: '',
      office_phone_number: '+12055550188',
    });
  });

  it('leaves a slot alone that holds a text in the place of a number', () => {
    const set = { phones: [{ ...phone('555-0100', 'mobile'), e164: null }, phone('+12055550143')] };
    expect(fromPatch({ set }, account)).toEqual({ home_phone_number: '+12055550143', office_phone_number: '' });
  });

  it('clears texts with an empty string and dates with null', () => {
    expect(fromPatch({ set: { givenName: null, company: null, emails: [], birthday: null } }, account)).toEqual({
      first_name: '',
      company_name: '',
      personal_email_address: '',
      birthday: null,
    });
  });

  it('sets denials only, and only for calls', () => {
    const doNotContact = { call: true, sms: false, email: false };
    expect(fromPatch({ set: { doNotContact } }, account)).toEqual({ do_not_contact: true });
    expect(fromPatch({ set: { doNotContact: { call: false, sms: true, email: true } } }, account)).toEqual({});
  });

  it('creates with our reference and without empty values, which would overwrite values in a merge', () => {
    const set = { givenName: 'Ada', familyName: null, emails: [], phones: [phone('+12055550143')] };
    expect(fromNew({ set }, 'ref-1', account)).toEqual({
      first_name: 'Ada',
      mobile_phone_number: '+12055550143',
      hub_contact_id: 'ref-1',
    });
  });

  it('has only fields that accord.yaml names', () => {
    const plain = accountSchema.parse({});
    const set = { givenName: 'Ada', company: 'Engine Works', birthday: '1985-12-10' };
    expect(fromNew({ set }, 'ref-1', plain)).toEqual({ first_name: 'Ada' });
  });
});
