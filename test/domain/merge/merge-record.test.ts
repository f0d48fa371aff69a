import { describe, expect, it } from '@jest/globals';
import type { ContactFields, ProviderValues } from '#domain/contact.ts';
import type { MergeInput } from '#domain/merge/merge-input.ts';
import { at, mergeSides } from './merging.ts';

const phone = (e164: string, raw = e164) => ({ e164, extension: null, raw, label: null });
const email = (address: string) => ({ address, label: null });

const merge = (
  ours: Partial<ContactFields>,
  base: ProviderValues | null,
  theirs: ProviderValues,
  rest: Partial<MergeInput> = {},
) => mergeSides({ ours, base, theirs }, rest);

describe('a field that one side changed', () => {
  it('gets the new value of the provider', () => {
    const { fields, provenance, changes } = merge({ givenName: 'Ada' }, { givenName: 'Ada' }, { givenName: 'Augusta' });
    expect(fields.givenName).toBe('Augusta');
    expect(provenance.givenName).toEqual({ provider: 'gohighlevel', changedAt: at });
    expect(changes).toEqual([{ field: 'givenName', before: 'Ada', after: 'Augusta' }]);
  });

  it('keeps our value when only we changed it', () => {
    const { fields, changes } = merge({ givenName: 'Augusta' }, { givenName: 'Ada' }, { givenName: 'Ada' });
    expect(fields.givenName).toBe('Augusta');
    expect(changes).toEqual([]);
  });

  it('gets the values of the first read when the contact is empty', () => {
    expect(merge({}, null, { givenName: 'Ada', tags: ['cold lead'] }).fields).toMatchObject({
      givenName: 'Ada',
      tags: ['cold lead'],
    });
  });

  it('is cleared when the provider cleared it on purpose', () => {
    expect(merge({ company: 'Engines Ltd' }, { company: 'Engines Ltd' }, { company: null }).fields.company).toBeNull();
  });

  it('stays when the provider repeats it in another form', () => {
    const ours = { phones: [phone('+15125550143', '(512) 555-0143')] };
    expect(merge(ours, { phones: ours.phones }, { phones: [phone('+15125550143')] }).changes).toEqual([]);
  });
});

describe('a field that both sides changed', () => {
  it('goes to the provider of higher authority, with the losing value', () => {
    const { fields, changes } = merge(
      { givenName: 'Ada L.' },
      { givenName: 'Ada' },
      { givenName: 'Augusta' },
      {
        provenance: { givenName: { provider: 'google', changedAt: at } },
      },
    );
    expect(fields.givenName).toBe('Augusta');
    expect(changes).toEqual([{ field: 'givenName', before: 'Ada L.', after: 'Augusta', losing: 'Ada L.' }]);
  });

  it('stays ours against a provider of lower authority, with its losing value', () => {
    const { fields, changes } = merge(
      { givenName: 'Ada L.' },
      { givenName: 'Ada' },
      { givenName: 'Augusta' },
      {
        provider: 'google',
        provenance: { givenName: { provider: 'gohighlevel', changedAt: at } },
      },
    );
    expect(fields.givenName).toBe('Ada L.');
    expect(changes).toEqual([{ field: 'givenName', before: 'Ada L.', after: 'Ada L.', losing: 'Augusta' }]);
  });

  it('has no conflict when both sides changed it to the same value', () => {
    expect(merge({ givenName: 'Augusta' }, { givenName: 'Ada' }, { givenName: 'Augusta' }).changes).toEqual([]);
  });

  it('never loses a value to one that was blank before', () => {
    expect(merge({ company: 'Engines Ltd' }, { company: null }, { company: '' }).fields.company).toBe('Engines Ltd');
  });
});

describe('sets', () => {
  it('keep additions and drop removals of both sides', () => {
    const base = { emails: [email('a@x.test'), email('b@x.test')] };
    const ours = { emails: [email('a@x.test'), email('b@x.test'), email('ours@x.test')] };
    const theirs = { emails: [email('b@x.test'), email('theirs@x.test')] };
    const addresses = merge(ours, base, theirs).fields.emails.map(({ address }) => address);
    // Vendors with room for one item show the first, so a replacement takes its place.
    expect(addresses).toEqual(['theirs@x.test', 'b@x.test', 'ours@x.test']);
  });

  it('ignore the case of a tag', () => {
    expect(merge({ tags: ['Cold Lead'] }, { tags: ['Cold Lead'] }, { tags: ['cold lead'] }).changes).toEqual([]);
  });
});

describe('consent', () => {
  const denied = { call: true, sms: false, email: false };
  const allowed = { call: false, sms: false, email: false };

  it('is refused as soon as one provider refuses', () => {
    expect(merge({}, { doNotContact: allowed }, { doNotContact: denied }).fields.doNotContact.call).toBe(true);
  });

  it('is given again by the provider that refused it', () => {
    const provenance = { doNotContact: { provider: 'gohighlevel', changedAt: at } };
    const { fields } = merge({ doNotContact: denied }, { doNotContact: denied }, { doNotContact: allowed }, { provenance });
    expect(fields.doNotContact.call).toBe(false);
  });

  it('is not given again by a provider that did not refuse it', () => {
    const provenance = { doNotContact: { provider: 'google', changedAt: at } };
    const { fields, changes } = merge(
      { doNotContact: denied },
      { doNotContact: denied },
      { doNotContact: allowed },
      { provenance },
    );
    expect(fields.doNotContact.call).toBe(true);
    expect(changes).toEqual([]);
  });
});
