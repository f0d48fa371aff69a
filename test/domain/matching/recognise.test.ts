import { describe, expect, it } from '@jest/globals';
import type { RawRecord } from '#bench/matching/people.ts';
import { toValues } from '#bench/matching/people.ts';
import { permute } from '#bench/matching/shuffle.ts';
import { ContactStore } from '#bench/matching/store.ts';
import { evidenceOf, explain, toStoredEvidence } from '#domain/matching/evidence.ts';
import { maxHolders, toMatchKeys } from '#domain/matching/match-keys.ts';
import { toProfile, withoutOwnAddresses } from '#domain/matching/profile.ts';
import { defaultRules, type Holder, recognise } from '#domain/matching/recognise.ts';
import { weigh } from '#domain/matching/weigh.ts';

type People = Record<string, RawRecord>;

const phone = '+15124681001';
const otherPhone = '+15124739352';
const oak = { street: '12 Oak Street', city: 'Austin', region: 'TX', postalCode: '78701', country: 'US' };

/** What the store says about each pair, such as `john mary: new`, in every order of the records. */
function inAllOrders(people: People): string[][] {
  const names = Object.keys(people);
  const said = permute(names).map((order) => {
    const store = new ContactStore();
    for (const name of order) store.add({ id: name, values: toValues(people[name] ?? {}) });
    return names.flatMap((one, at) => names.slice(at + 1).map((other) => `${one} ${other}: ${store.verdict(one, other)}`));
  });
  return [...new Map(said.map((pairs) => [pairs.join(), pairs])).values()];
}

const john = { given: 'John', family: 'Smith' };
const mary = { given: 'Mary', family: 'Smith' };

describe('in every order', () => {
  it.each<[string, People, string[]]>([
    [
      'a couple with one phone is two people',
      { john: { ...john, phones: [phone] }, mary: { ...mary, phones: [phone] } },
      ['john mary: new'],
    ],
    [
      'a household with one phone and one address is as many people as it has names',
      {
        john: { ...john, phones: [phone], address: oak },
        mary: { ...mary, phones: [phone], address: oak },
        emma: { given: 'Emma', family: 'Smith', phones: [phone], address: oak },
      },
      ['john mary: new', 'john emma: new', 'mary emma: new'],
    ],
    [
      'an office with one phone is as many people as it has names, and one of them is recognised',
      {
        ana: { given: 'Ana', family: 'Ruiz', phones: [phone], company: 'Acme' },
        tom: { given: 'Tom', family: 'Beck', phones: [phone], company: 'Acme' },
        ana2: { given: 'Ana', family: 'Ruiz', phones: [phone], company: 'Acme Inc.' },
      },
      ['ana tom: new', 'ana ana2: merge', 'tom ana2: new'],
    ],
    [
      'a couple with the mailbox of the family and one phone is two people',
      {
        john: { ...john, emails: ['smiths@example.org'], phones: [phone] },
        mary: { ...mary, emails: ['smiths@example.org'], phones: [phone] },
      },
      ['john mary: new'],
    ],
    [
      'a mailbox of the family does not tell a garbled name from the name of a sister',
      {
        daniel: { given: 'Dnaiel', family: 'Smith', emails: ['smith105@example.org'] },
        daniela: { given: 'Daniela', family: 'Smith', emails: ['smith105@example.org'] },
      },
      ['daniel daniela: ask'],
    ],
    [
      'a garbled name makes no key shared, and swapped names are one name',
      {
        right: { given: 'Amelia', family: 'Johnson', emails: ['olson@example.org'], phones: [phone] },
        garbled: { given: 'mAeli', family: 'Johnson', emails: ['olson@example.org'] },
        swapped: { given: 'Johnson', family: 'Amelia', emails: ['olson@example.org'] },
        short: { given: 'Millie', family: 'Johnson', emails: ['olson@example.org'], phones: [phone] },
      },
      [
        ...['right garbled: new', 'right swapped: merge', 'right short: merge'],
        ...['garbled swapped: new', 'garbled short: new', 'swapped short: merge'],
      ],
    ],
    [
      'one mailbox and one name outweigh other birthdays',
      {
        may: { ...john, emails: ['js@example.org'], birthday: '1992-09-07' },
        june: { ...john, emails: ['js@example.org'], birthday: '1993-06-30' },
      },
      ['may june: merge'],
    ],
    [
      'two names with one mobile number at one address may be a record under a wrong name',
      {
        ana: { given: 'Ana', family: 'Ruiz', phones: ['+447400123456'], address: oak },
        tom: { given: 'Tom', family: 'Beck', phones: ['+447400123456'], address: oak },
      },
      ['ana tom: ask'],
    ],
    [
      'one person with two emails is one',
      {
        home: { ...john, emails: ['john.smith@gmail.com'], phones: [phone] },
        work: { ...john, emails: ['jsmith@acme.example.com'], phones: [phone] },
      },
      ['home work: merge'],
    ],
    [
      'father and son of one name at one address are asked about',
      { father: { ...john, address: oak, emails: ['js1950@example.org'] }, son: { ...john, address: oak, phones: [phone] } },
      ['father son: ask'],
    ],
    [
      'father and son with a suffix are two people, at one address and one phone',
      {
        father: { given: 'John', family: 'Smith Sr.', phones: [phone], address: oak },
        son: { given: 'John', family: 'Smith Jr.', phones: [phone], address: oak },
      },
      ['father son: new'],
    ],
    [
      'a generation between the birthdays is two people',
      { father: { ...john, phones: [phone], birthday: '1950-03-04' }, son: { ...john, phones: [phone], birthday: '1978-03-04' } },
      ['father son: new'],
    ],
    [
      'twins are not merged',
      {
        marc: { given: 'Marc', family: 'Roy', phones: [phone], address: oak, birthday: '1999-01-09' },
        mark: { given: 'Mark', family: 'Roy', phones: [phone], address: oak, birthday: '1999-01-09' },
      },
      ['marc mark: ask'],
    ],
    [
      'J Smith between John and Jane is asked about with both',
      {
        j: { given: 'J', family: 'Smith', phones: [phone] },
        john: { ...john, phones: [phone] },
        jane: { given: 'Jane', family: 'Smith', phones: [phone] },
      },
      ['j john: ask', 'j jane: ask', 'john jane: new'],
    ],
    [
      'a chain of records that share one key each is one person',
      {
        a: { given: 'Petra', family: 'Lindqvist', emails: ['p.l@example.org'] },
        b: { given: 'Petra', family: 'Lindqvist', emails: ['p.l@example.org'], phones: [phone] },
        c: { given: 'Petra', family: 'Lindqvist', phones: [phone] },
      },
      ['a b: merge', 'a c: merge', 'b c: merge'],
    ],
    [
      'a stranger who types the email of a person does not hide that person',
      {
        own: { given: 'Petra', family: 'Lindqvist', emails: ['petra.lindqvist@example.org'], phones: [phone] },
        stranger: { given: 'Kevin', family: 'Park', emails: ['petra.lindqvist@example.org'] },
        again: { given: 'Petra', family: 'Lindqvist', emails: ['petra.lindqvist@example.org'] },
      },
      ['own stranger: new', 'own again: merge', 'stranger again: new'],
    ],
  ])('%s', (_what, people, expected) => {
    expect(inAllOrders(people)).toEqual([expected]);
  });

  it('a reception number of 120 people joins none of them, and the one who calls again is found by name', () => {
    const store = new ContactStore();
    const given = 'James Mary Robert Patricia Carlos Linda Hugo Barbara Oscar Susan Felix Jessica Otto Sarah Kevin'.split(' ');
    const families = 'Okafor Lindqvist Moretti Zielinski Hartmann Beauchamp Nakamura Fitzgerald Villanueva Petrovic'.split(' ');
    const more = 'Oduya Brandt Castellanos Huxley Yamashita Quigley Szabo Tremaine Winslow Abernathy'.split(' ');
    const names = given.flatMap((one) => [...families, ...more].map((family) => ({ given: one, family })));
    for (const [at, name] of names.slice(0, 120).entries())
      store.add({ id: String(at), values: toValues({ ...name, phones: [phone], company: 'Acme' }) });
    expect(store.contacts.size).toBe(120);
    store.add({ id: 'again', values: toValues({ ...names[100], phones: [phone], company: 'Acme' }) });
    expect(store.verdict('again', '100')).not.toBe('new');
    expect(store.contactOf('again').records.length).toBeLessThanOrEqual(2);
  });
});

describe('a rejected pair', () => {
  it('stays apart when the two meet again by another key', () => {
    const store = new ContactStore();
    const record = (id: string, raw: RawRecord) => store.add({ id, values: toValues(raw) });
    record('one', { given: 'William', family: 'Hollander', phones: ['+442079460000'] });
    record('other', { given: 'Bill', family: 'Hollander', phones: ['+442079460000'] });
    expect(store.verdict('one', 'other')).toBe('ask');
    store.reject('one', 'other');
    expect(store.verdict('one', 'other')).toBe('new');
    record('bridge', { given: 'Bill', family: 'Hollander', phones: ['+442079460000'], emails: ['bill@example.org'] });
    expect(store.verdict('one', 'other')).toBe('new');
  });
});

describe('the rules of accord.yaml', () => {
  const profile = toProfile([toValues({ ...john, emails: ['john.smith@example.org'], phones: [phone] })]);
  const holder: Holder = { contactId: 'known', profile, keys: toMatchKeys(profile), records: 1 };
  const decide = (rules: object) => recognise({ profile, contactId: null }, [holder], { ...defaultRules, ...rules });

  it('merge what is certain by default', () => {
    expect(decide({})).toMatchObject({ kind: 'merge', contactId: 'known', evidence: { rules: [] } });
  });

  it.each([
    ['ask-first asks about it', { mode: 'ask-first' }, ['ask-first']],
    ['a contact with many records is asked about', { maxRecords: 1 }, ['too-many-records']],
    ['a higher mergeAt asks about it', { mergeAt: 90 }, []],
  ])('%s', (_what, rules, expected) => {
    expect(decide(rules)).toMatchObject({ kind: 'ask', candidates: [{ contactId: 'known', evidence: { rules: expected } }] });
  });

  it.each([
    ['off', { mode: 'off' }],
    ['a higher askAt', { mergeAt: 99, askAt: 99 }],
  ])('%s leaves both as they are', (_what, rules) => {
    expect(decide(rules)).toEqual({ kind: 'new' });
  });

  it('addresses of the business itself connect nobody', () => {
    const own = { mailboxes: ['john.smith@example.org'], domains: [], phones: [phone] };
    expect(withoutOwnAddresses(profile, own)).toMatchObject({ emails: [], phones: [] });
  });
});

describe('an organisation', () => {
  const acme = { company: 'Acme Plumbing LLC', phones: [phone] };
  it.each<[string, RawRecord, RawRecord, string]>([
    [
      'is recognised by name and phone, whatever the legal form',
      acme,
      { company: 'ACME Plumbing, Inc.', phones: [phone] },
      'merge',
    ],
    ['is recognised by name and address', { company: 'Acme GmbH', address: oak }, { company: 'Acme', address: oak }, 'ask'],
    [
      'is recognised by name and the host of its email',
      { company: 'Acme', emails: ['info@acme-plumbing.com'] },
      { company: 'Acme Ltd', emails: ['sales@acme-plumbing.com'] },
      'ask',
    ],
    [
      'is never merged with a person of it',
      acme,
      { given: 'Tom', family: 'Beck', company: 'Acme Plumbing', phones: [phone] },
      'ask',
    ],
    ['is not compared with a person of another company', acme, { given: 'Tom', family: 'Beck', phones: [phone] }, 'new'],
    ['is not another company with its phone', acme, { company: 'Beta Dental', phones: [phone] }, 'new'],
    [
      'is not a namesake without anything else',
      { company: 'Acme', phones: [phone] },
      { company: 'Acme', phones: [otherPhone] },
      'ask',
    ],
    [
      'is an organisation when its name stands in the name fields',
      { given: 'Acme', family: 'Plumbing LLC', phones: [phone] },
      acme,
      'merge',
    ],
  ])('%s', (_what, one, other, expected) => {
    expect(inAllOrders({ one, other })).toEqual([[`one other: ${expected}`]]);
  });
});

describe('the evidence', () => {
  const weighed = weigh(
    toProfile([toValues({ given: 'Bill', family: 'Hollander', phones: ['+447400123456'] })]),
    toProfile([
      toValues({ given: 'William', family: 'Hollander', phones: ['07400 123456'], emails: ['x@example.org'], region: 'GB' }),
    ]),
    () => 0,
  );

  it('is in words that people understand, the strongest first', () => {
    expect(explain(weighed)).toEqual(['same mobile number +6', 'given name is a nickname +2.5', 'same family name +2']);
  });

  it('is stored with its parts, rules and keys', () => {
    expect(toStoredEvidence(weighed)).toMatchObject({
      ...{ score: 10.5, rules: [], reasons: [], keys: ['phone'], against: [] },
      parts: [
        { kind: 'phone-mobile', points: 6, says: 'same mobile number' },
        { kind: 'given-nickname' },
        { kind: 'family-same-rare' },
      ],
    });
    expect(toStoredEvidence(evidenceOf('no-key'))).toMatchObject({ keys: [], against: ['no-key'], score: 0 });
  });
});

it('a key that leads to very many contacts is not followed', () => {
  const store = new ContactStore();
  for (let at = 0; at <= maxHolders.leading + 1; at += 1)
    store.add({
      id: String(at),
      values: toValues({ given: 'Petra', family: 'Lindqvist', emails: [`p${at}x${at * 7}@example.org`] }),
    });
  const before = store.questions.size;
  store.add({
    id: 'new',
    values: toValues({ given: 'Petra', family: 'Lindqvist', emails: ['other@example.net'] }),
  });
  expect(store.questions.size).toBe(before);
});
