import { describe, expect, it } from '@jest/globals';
import { fitValues } from '#providers/gohighlevel/fit-values.ts';
import { toListedRecord, toRecord } from '#providers/gohighlevel/mapping.ts';
import { fromNew, fromPatch } from '#providers/gohighlevel/payload.ts';
import { contact, contactResponse, searchResponse } from '#providers/gohighlevel/schema.ts';
import { accountSchema } from '#providers/gohighlevel/settings.ts';
import { parseFixture } from '#test/providers/fixtures.ts';

const account = accountSchema.parse({ referenceField: 'MgobCB14YMVKuE4Ka8p1' });
const read = (fields: object) => toRecord(contact.parse({ id: 'c1', ...fields }), account).values;

describe('a contact of GoHighLevel', () => {
  const ada = contactResponse.parse(parseFixture('gohighlevel', 'contact')).contact;

  it('becomes canonical values', () => {
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

  it('has empty fields where the answer leaves them out', () => {
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

  it('keeps a phone that is no number as it was typed', () => {
    expect(read({ phone: '000' }).phones).toEqual([{ e164: null, extension: null, raw: '000', label: null }]);
  });

  it("has no address when only the location's country stands there", () => {
    expect(read({ country: 'US' }).addresses).toEqual([]);
  });

  it.each([
    ['everything denied', { dnd: true }, { call: true, sms: true, email: true }],
    ['a channel active', { dndSettings: { SMS: { status: 'active' } } }, { call: false, sms: true, email: false }],
    ['a channel permanent', { dndSettings: { Email: { status: 'permanent' } } }, { call: false, sms: false, email: true }],
    ['a channel inactive', { dndSettings: { Call: { status: 'inactive' } } }, { call: false, sms: false, email: false }],
    ['a channel of no concern', { dndSettings: { WhatsApp: { status: 'active' } } }, { call: false, sms: false, email: false }],
  ])('reads "do not disturb" with %s', (_, fields, doNotContact) => {
    expect(read(fields).doNotContact).toEqual(doNotContact);
  });

  it('leaves the name unsaid in a listing, which knows it in lower case alone', () => {
    const [row] = searchResponse.parse(parseFixture('gohighlevel', 'search-row')).contacts;
    if (!row) throw new Error('The fixture has a row.');
    const record = toListedRecord(row, account);
    expect(record).toMatchObject({ externalId: 'nmFmQEsNgz6AVpgLVUJ0', complete: false, updatedAt: '2025-01-28T14:35:00.120Z' });
    expect(record.values).not.toHaveProperty('givenName');
    expect(record.values).toMatchObject({ addresses: [{ street: '12 Analytical Street' }], tags: ['cold lead'] });
  });
});

describe('a write to GoHighLevel', () => {
  it('names just what the patch names', () => {
    expect(fromPatch({ set: { familyName: 'King' } }, account)).toEqual({ lastName: 'King' });
    expect(fromPatch({ set: {} }, account)).toEqual({});
  });

  it('clears with null, and the postal code with an empty text, for it takes no null', () => {
    const set = { givenName: null, source: null, emails: [], phones: [], addresses: [], birthday: null };
    expect(fromPatch({ set }, account)).toEqual({
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

  it('leaves out the company, which an update does not take', () => {
    expect(fromPatch({ set: { company: 'Engine Works' } }, account)).toEqual({});
  });

  it('only ever denies', () => {
    const doNotContact = { call: true, sms: false, email: false };
    expect(fromPatch({ set: { doNotContact } }, account)).toEqual({ dndSettings: { Call: { status: 'active' } } });
    expect(fromPatch({ set: { doNotContact: { ...doNotContact, call: false } } }, account)).toEqual({});
  });

  it('creates with the company, the tags and our reference, and without blanks', () => {
    const set = { givenName: 'Ada', familyName: null, company: 'Engine Works', addresses: [] };
    const body = fromNew({ set, addTags: ['Cold Lead'] }, 'ref-1', { ...account, referenceField: 'field-1' });
    expect(body).toEqual({
      firstName: 'Ada',
      companyName: 'Engine Works',
      tags: ['cold lead'],
      customFields: [{ id: 'field-1', field_value: 'ref-1' }],
    });
  });
});

describe('what GoHighLevel can hold', () => {
  it('is one email, one phone that is a number, one address with a place, tags in lower case', () => {
    const phone = { extension: '7', label: 'work' };
    const values = fitValues(
      {
        emails: ['a@example.com', 'b@example.com'].map((address) => ({ address, label: 'work' })),
        phones: [
          { ...phone, e164: null, raw: '000' },
          { ...phone, e164: '+12055550143', raw: '(205) 555-0143' },
        ],
        addresses: [{ street: '1 A St', city: null, region: null, postalCode: null, country: 'Atlantis', label: 'home' }],
        birthday: '--12-10',
        tags: ['Cold Lead', 'cold lead', 'VIP'],
        note: 'dropped',
        lists: ['dropped'],
      },
      account,
    );
    expect(values).toEqual({
      emails: [{ address: 'a@example.com', label: null }],
      phones: [{ e164: '+12055550143', extension: null, raw: '(205) 555-0143', label: null }],
      addresses: [{ street: '1 A St', city: null, region: null, postalCode: null, country: 'US', label: null }],
      birthday: null,
      tags: ['cold lead', 'vip'],
    });
  });
});
