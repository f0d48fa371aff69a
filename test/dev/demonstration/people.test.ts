import { describe, expect, it } from '@jest/globals';
import { anotherPhone, e164Of, nameOf, peopleToCall, pickNth, plainPeople, visitor } from '#dev/demonstration/people.ts';
import { sampleContacts } from '#dev/demonstration/sample-contacts.ts';

const numbers = new Set(sampleContacts().map(({ phone }) => phone && e164Of(phone)));
const names = new Set(sampleContacts().map(nameOf));

describe('the people of a demonstration', () => {
  it('can be found by their email address and called', () => {
    for (const { email, phone, dnd } of [...plainPeople, ...peopleToCall]) {
      expect([email, e164Of(phone), dnd]).toEqual([expect.stringMatching(/@/), expect.stringMatching(/^\+1\d{10}$/), false]);
    }
    expect(peopleToCall.length).toBeGreaterThan(50);
  });

  it('take turns, so that each demonstration has others', () => {
    expect(new Set([0, 1, 2].map((nth) => pickNth(plainPeople, nth).email)).size).toBe(3);
    expect(pickNth(plainPeople, plainPeople.length)).toEqual(plainPeople[0]);
  });

  it('get numbers that nobody else has', () => {
    const given = Array.from({ length: 300 }, (_, nth) => anotherPhone(nth));
    expect(new Set(given).size).toBe(300);
    expect(given.filter((phone) => numbers.has(phone))).toEqual([]);
  });

  it('are joined by visitors whom nobody knows', () => {
    const visitors = Array.from({ length: 100 }, (_, nth) => visitor(nth));
    for (const each of [nameOf, ({ email }: { email: string }) => email, ({ phone }: { phone: string }) => phone])
      expect(new Set(visitors.map(each)).size).toBe(100);
    expect(visitors.filter((one) => names.has(nameOf(one)) || numbers.has(one.phone))).toEqual([]);
  });
});
