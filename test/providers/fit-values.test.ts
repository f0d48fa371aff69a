import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { providers } from '#providers/index.ts';

const text = fc.oneof(fc.constantFrom('work', 'mobile', 'US', 'Cold Lead', 'cold lead'), fc.string({ minLength: 1 }));
const maybe = fc.option(text);
const e164 = fc.constantFrom('+12055550143', '+12055550144', '+12055550145', '+12055550146', null);

const values = fc.record(
  {
    givenName: maybe,
    middleName: maybe,
    familyName: maybe,
    nameSuffix: maybe,
    company: maybe,
    jobTitle: maybe,
    emails: fc.array(fc.record({ address: fc.emailAddress(), label: maybe }), { maxLength: 3 }),
    phones: fc.array(fc.record({ e164, extension: maybe, raw: text, label: maybe }), { maxLength: 5 }),
    addresses: fc.array(
      fc.record({ street: maybe, city: maybe, region: maybe, postalCode: maybe, country: maybe, label: maybe }),
      { maxLength: 2 },
    ),
    birthday: fc.constantFrom(null, '1985-12-10', '--12-10'),
    tags: fc.array(text),
    note: maybe,
    source: maybe,
    doNotContact: fc.record({ call: fc.boolean(), sms: fc.boolean(), email: fc.boolean() }),
    lists: fc.array(text),
  },
  { requiredKeys: [] },
);

describe.each(providers.map((provider) => [provider.id, provider] as const))('%s', (_, provider) => {
  const account = provider.accountSchema.parse({});

  it('is idempotent', () => {
    fc.assert(
      fc.property(values, (some) => {
        const once = provider.fitValues(some, account);
        expect(provider.fitValues(once, account)).toEqual(once);
      }),
    );
  });

  it('adds no fields, and returns only fields of the provider', () => {
    fc.assert(
      fc.property(values, (some) => {
        const kept = Object.keys(provider.fitValues(some, account));
        for (const field of kept) expect(Object.keys(some)).toContain(field);
        for (const field of kept) expect([...provider.fields, 'lists']).toContain(field);
      }),
    );
  });
});
