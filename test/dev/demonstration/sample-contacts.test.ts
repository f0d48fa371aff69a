import { describe, expect, it } from '@jest/globals';
import { type SampleContact, sampleContacts } from '#dev/demonstration/sample-contacts.ts';
import { isDialable, normalizePhone } from '#domain/normalize/phone.ts';
import { tagKey } from '#domain/normalize/tag.ts';

const people = sampleContacts();

describe('sampleContacts', () => {
  it('are 500 people, each with a unique name, email address and phone', () => {
    expect(people).toHaveLength(500);
    for (const read of [nameOf, ({ email }: SampleContact) => email, dialledNumber]) {
      const values = people.map(read).filter((value) => value !== undefined);
      expect(new Set(values).size).toBe(values.length);
    }
  });

  it('are the same every time', () => {
    expect(sampleContacts()).toEqual(people);
  });

  it('include 120 cold leads to call, and one kind of contact for each rule that excludes', () => {
    const coldLeads = people.filter(hasTag('cold lead'));
    const customers = people.filter(hasTag('customer', 'client', 'won', 'purchased'));
    const eligible = coldLeads.filter((one) => !customers.includes(one) && !one.doNotCall && dialledNumber(one) !== undefined);
    expect([coldLeads.length, eligible.length, customers.length]).toEqual([200, 120, 80]);
    expect(people.filter(hasTag('active client'))).toHaveLength(60);
  });

  it('have phone numbers reserved for fiction, or a placeholder', () => {
    const odd = people
      .map(({ phone }) => phone?.replace(/\D/g, ''))
      .filter((digits) => digits && !/^1?\d{3}55501\d\d$/.test(digits));
    expect(new Set(odd)).toEqual(new Set(['000']));
  });
});

function nameOf({ givenName, familyName }: SampleContact): string {
  return `${givenName} ${familyName}`;
}

function dialledNumber({ phone }: SampleContact): string | undefined {
  const read = normalizePhone(phone, { defaultRegion: 'US' });
  return read && isDialable(read) ? (read.e164 ?? undefined) : undefined;
}

function hasTag(...wanted: string[]) {
  return ({ tags }: SampleContact) => tags.some((tag) => wanted.includes(tagKey(tag)));
}
