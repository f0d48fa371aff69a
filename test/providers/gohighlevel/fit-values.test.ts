import { describe, expect, it } from '@jest/globals';
import { acceptedItems, fitValues } from '#providers/gohighlevel/fit-values.ts';
import { accountSchema } from '#providers/gohighlevel/settings.ts';

const account = accountSchema.parse({ referenceField: 'MgobCB14YMVKuE4Ka8p1' });

describe('fitValues of GoHighLevel', () => {
  it('keeps one email, one phone, one address and tags in lower case', () => {
    const phone = { extension: '7', label: 'work' };
    const values = fitValues(
      {
        emails: ['a@example.com', 'b@example.com'].map((address) => ({ address, label: 'work' })),
        phones: [
          { ...phone, e164: '+12055550143', raw: '(205) 555-0143' },
          { ...phone, e164: '+12055550144', raw: '(205) 555-0144' },
        ],
        addresses: [{ street: '1 A St', city: null, region: null, postalCode: null, country: null, label: 'home' }],
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

  it('takes no address in a country that it cannot name, and keeps one that it has', () => {
    const address = { street: '1 A St', city: null, region: null, postalCode: null, country: 'Atlantis', label: null };
    expect(acceptedItems.addresses?.(address)).toBe(false);
    expect(fitValues({ addresses: [address] }, account)).toEqual({ addresses: [address] });
  });
});
