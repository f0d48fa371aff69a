import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fitValues } from '#providers/google/fit-values.ts';
import { toValues } from '#providers/google/mapping.ts';
import { mergeFields } from '#providers/google/payload.ts';
import { accountSchema } from '#providers/google/settings.ts';

const account = accountSchema.parse({});
const phone = (e164: string, label: string | null = null) => ({ e164, extension: null, raw: e164, label });

describe('fitValues of Google', () => {
  const held = (values: Parameters<typeof fitValues>[0]) => fitValues(values, account);

  it('drops duplicates', () => {
    const twice = [phone('+12055550143', 'mobile'), phone('+12055550143', 'work')];
    expect(held({ phones: twice }).phones).toEqual([twice[0]]);
  });

  it('truncates fields to 1,024 characters, except notes', () => {
    const long = 'x'.repeat(2_000);
    expect(held({ company: long, note: long })).toEqual({ company: 'x'.repeat(1_024), note: long });
  });

  it('parses typed phone numbers', () => {
    const typed = { e164: null, extension: null, raw: '(205) 555-0143', label: null };
    expect(held({ phones: [typed] }).phones).toMatchObject([{ e164: '+12055550143' }]);
  });

  it('predicts a read after a write, for any values', () => {
    const text = fc.option(fc.oneof(fc.constantFrom('work', 'US', 'United Kingdom', 'x'.repeat(1_030)), fc.string()));
    const e164 = fc.constantFrom('+12055550143', '+12055550144', '+442079460143', null);
    const place = { street: text, city: text, region: text, postalCode: text, country: text, label: text };
    const anything = fc.record({
      ...{ givenName: text, middleName: text, familyName: text, nameSuffix: text, company: text, jobTitle: text, note: text },
      emails: fc.array(fc.record({ address: fc.emailAddress(), label: text }), { maxLength: 3 }),
      phones: fc.array(fc.record({ e164, extension: text, raw: fc.string({ minLength: 1 }), label: text }), { maxLength: 3 }),
      addresses: fc.array(fc.record(place), { maxLength: 3 }),
      birthday: fc.constantFrom(null, '1985-12-10', '--02-29'),
    });
    const seen = ({ phones = [], ...values }: ReturnType<typeof held>) => ({
      ...values,
      phones: phones.map(({ raw: _, ...phone }) => phone),
    });
    fc.assert(
      fc.property(anything, (values) => {
        expect(seen(toValues(mergeFields({}, values, account), account))).toEqual(seen(held(values)));
      }),
      { numRuns: 1_000 },
    );
  });
});
