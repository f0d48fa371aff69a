import { describe, expect, it } from '@jest/globals';
import { fromNew, fromPatch } from '#providers/gohighlevel/payload.ts';
import { accountSchema, type GoHighLevelAccount } from '#providers/gohighlevel/settings.ts';

const account = accountSchema.parse({ referenceField: 'MgobCB14YMVKuE4Ka8p1' });

const custom = { name: null, fieldKey: null, dataType: null, picklistOptions: null };
const at = ({ jobTitleField, ...rest }: GoHighLevelAccount) => ({
  account: { ...rest, ...(jobTitleField !== undefined && { jobTitleField }) },
  fields: {
    areListed: true,
    byField: new Map(jobTitleField === undefined ? [] : [['jobTitle' as const, { ...custom, id: jobTitleField }]]),
  },
});

describe('the payload of a write to GoHighLevel', () => {
  it('has only the fields of the patch', () => {
    expect(fromPatch({ set: { familyName: 'King' } }, at(account))).toEqual({ lastName: 'King' });
    expect(fromPatch({ set: {} }, at(account))).toEqual({});
  });

  it('clears fields with null, and the postal code with an empty string', () => {
    const set = { givenName: null, source: null, emails: [], phones: [], addresses: [], birthday: null };
    expect(fromPatch({ set }, at(account))).toEqual({
      firstName: null,
      source: null,
      email: null,
      phone: null,
      address1: null,
      city: null,
      state: null,
      postalCode: '',
      dateOfBirth: null,
    });
  });

  it('has the company in an update', () => {
    expect(fromPatch({ set: { company: 'Engine Works' } }, at(account))).toEqual({ companyName: 'Engine Works' });
  });

  it('has the job title in its custom field, and clears it with an empty string', () => {
    const withField = { ...account, jobTitleField: 'job-title' };
    const customFields = (jobTitle: string) => [{ id: 'job-title', field_value: jobTitle }];
    expect(fromPatch({ set: { jobTitle: 'Analyst' } }, at(withField))).toEqual({ customFields: customFields('Analyst') });
    expect(fromPatch({ set: { jobTitle: null } }, at(withField))).toEqual({ customFields: customFields('') });
    expect(fromPatch({ set: { jobTitle: 'Analyst' } }, at(account))).toEqual({});
    const { customFields: created } = fromNew({ set: { jobTitle: 'Analyst' }, addTags: [] }, 'ref-1', at(withField));
    expect(created).toEqual([{ id: account.referenceField, field_value: 'ref-1' }, ...customFields('Analyst')]);
  });

  it('sets denials only', () => {
    const doNotContact = { call: true, sms: false, email: false };
    expect(fromPatch({ set: { doNotContact } }, at(account))).toEqual({ dndSettings: { Call: { status: 'active' } } });
    expect(fromPatch({ set: { doNotContact: { ...doNotContact, call: false } } }, at(account))).toEqual({});
  });

  it('lays a denial over the settings that were read, and keeps other channels and statuses', () => {
    const current = {
      Call: { status: 'inactive', message: 'by hand' },
      SMS: { status: 'permanent' },
      WhatsApp: { status: 'active', code: '103' },
      Fax: { status: 'someday' },
      FB: null,
    };
    const doNotContact = { call: true, sms: true, email: false };
    expect(fromPatch({ set: { doNotContact } }, { ...at(account), current })).toEqual({
      dndSettings: {
        Call: { status: 'active' },
        SMS: { status: 'permanent' },
        WhatsApp: { status: 'active', code: '103' },
        Fax: { status: 'someday' },
      },
    });
  });

  it('creates with company, tags and our reference, and without empty values', () => {
    const set = { givenName: 'Ada', familyName: null, company: 'Engine Works', addresses: [] };
    const body = fromNew({ set, addTags: ['Cold Lead'] }, 'ref-1', at({ ...account, referenceField: 'field-1' }));
    expect(body).toEqual({
      firstName: 'Ada',
      companyName: 'Engine Works',
      tags: ['cold lead'],
      customFields: [{ id: 'field-1', field_value: 'ref-1' }],
    });
  });
});
