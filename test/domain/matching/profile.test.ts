import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isConnecting, keyName, listPossibleKeys, toMatchKeys } from '#domain/matching/match-keys.ts';
import { type IdentifyingValues, toIdentity, toProfile } from '#domain/matching/profile.ts';

const phone = { e164: '+15126660100', raw: '(512) 666-0100', extension: null, label: null };
const address = { street: '12 Oak Street', city: 'Austin', region: 'TX', postalCode: '78701', country: 'US', label: null };
const ada: IdentifyingValues = {
  ...{ givenName: 'Ada', familyName: 'Lovelace', birthday: '1985-12-10', company: null },
  ...{ emails: [{ address: 'ada.l@example.org', label: null }], phones: [phone], addresses: [address] },
};

describe('the identity of a record', () => {
  it.each<[string, IdentifyingValues]>([
    ['labels', { ...ada, emails: [{ address: 'ada.l@example.org', label: 'work' }] }],
    ['the way that a number is typed', { ...ada, phones: [{ ...phone, raw: '512.666.0100' }] }],
  ])('is the same whatever %s', (_what, other) => {
    expect(toIdentity(other)).toBe(toIdentity(ada));
    expect(toMatchKeys(toProfile([other]))).toEqual(toMatchKeys(toProfile([ada])));
  });

  it.each<[string, IdentifyingValues]>([
    ['given name', { ...ada, givenName: 'Ida' }],
    ['middle name', { ...ada, middleName: 'King' }],
    ['family name', { ...ada, familyName: 'Byron' }],
    ['suffix', { ...ada, nameSuffix: 'Jr.' }],
    ['company', { ...ada, company: 'Analytical Engines Ltd.' }],
    ['birthday', { ...ada, birthday: '1985-12-11' }],
    ['email', { ...ada, emails: [] }],
    ['phone number', { ...ada, phones: [{ ...phone, e164: '+15126660101' }] }],
    ['extension', { ...ada, phones: [{ ...phone, extension: '7' }] }],
    ['address', { ...ada, addresses: [{ ...address, street: '14 Oak Street' }] }],
  ])('changes with the %s', (_what, other) => {
    expect(toIdentity(other)).not.toBe(toIdentity(ada));
  });
});

describe('the possible keys of a record', () => {
  const email = fc.oneof(
    fc.emailAddress(),
    fc.constantFrom('info@example.org', 'a.d.a+x@gmail.com', 'none@none.com', 'nowhere', 'ada+news@outlook.com'),
  );
  const e164 = fc.constantFrom('+15126660100', '+15555550143', '+18003569377', '+12000000000', '+4915123456789', null);
  const number = fc.record({ e164, extension: fc.constantFrom('7', null), raw: fc.string(), label: fc.constant(null) });

  it('include every key that connects it', () => {
    fc.assert(
      fc.property(fc.array(email), fc.array(number), (addresses, phones) => {
        const values = { emails: addresses.map((address) => ({ address, label: null })), phones };
        const connecting = toMatchKeys(toProfile([values]))
          .filter(isConnecting)
          .map(keyName);
        expect(listPossibleKeys(values)).toEqual(expect.arrayContaining(connecting));
      }),
    );
  });
});
