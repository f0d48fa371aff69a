import { describe, expect, it } from '@jest/globals';
import {
  leads as leadsOf,
  plainPeople as plainPeopleOf,
  spareFamilyName,
  sparePhone,
  visitor,
} from '#dev/demonstration/people.ts';
import { pickNth } from '#dev/demonstration/pick-nth.ts';
import { fullName, maxSampleContacts, sampleContacts } from '#dev/demonstration/sample-contacts.ts';

const [leads, plainPeople] = [leadsOf(maxSampleContacts), plainPeopleOf(maxSampleContacts)];
const digitsOf = (phone: string) => phone.replace(/\D/g, '').slice(-10);
const numbers = new Set(sampleContacts().map(({ phone }) => phone && digitsOf(phone)));
const names = new Set(sampleContacts().map(fullName));

describe('the people of a demonstration', () => {
  it('have an email address to look them up and a phone to call', () => {
    for (const { email, phone, doNotCall } of [...plainPeople, ...leads]) {
      expect([email, digitsOf(phone), doNotCall]).toEqual([expect.stringMatching(/@/), expect.stringMatching(/^\d{10}$/), false]);
    }
    expect(leads.length).toBeGreaterThan(50);
  });

  it('of a small demonstration are enough for three starts, and among its contacts', () => {
    const small = new Set(sampleContacts(100).map(fullName));
    for (const people of [leadsOf(100), plainPeopleOf(100)]) {
      expect(people.length).toBeGreaterThan(8);
      expect(people.every((person) => small.has(fullName(person)))).toBe(true);
    }
  });

  it('take turns: each demonstration has others', () => {
    expect(new Set([0, 1, 2].map((nth) => pickNth(plainPeople, nth).email)).size).toBe(3);
    expect(pickNth(plainPeople, plainPeople.length)).toEqual(plainPeople[0]);
  });

  it('get phone numbers that nobody has yet', () => {
    const given = Array.from({ length: 300 }, (_, nth) => sparePhone(nth));
    expect(new Set(given).size).toBe(300);
    expect(given.filter((phone) => numbers.has(digitsOf(phone)))).toEqual([]);
  });

  it('get a new family name that keeps the old one', () => {
    expect([0, 1].map((nth) => spareFamilyName('Lopez', nth))).toEqual(['Lopez-Hill', 'Lopez-Moss']);
  });

  it('include visitors who are in no sandbox', () => {
    const visitors = Array.from({ length: 100 }, (_, nth) => visitor(nth));
    for (const each of [fullName, ({ email }: { email: string }) => email, ({ phone }: { phone: string }) => phone])
      expect(new Set(visitors.map(each)).size).toBe(100);
    expect(visitors.filter((one) => names.has(fullName(one)) || numbers.has(digitsOf(one.phone)))).toEqual([]);
  });
});
