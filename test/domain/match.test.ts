import { describe, expect, it } from '@jest/globals';
import { type ContactFields, emptyFields } from '#domain/contact.ts';
import { findMatch, type IdentityKey, type KeyHolder, toIdentityKeys } from '#domain/match.ts';
import { email, phone } from './merging.ts';

const ada = { givenName: 'Ada', familyName: 'Lovelace' };
const number: IdentityKey = { kind: 'phone', value: '+12125550000' };
const address: IdentityKey = { kind: 'email', value: 'ada@example.com' };

function holder(contactId: string, fields: Partial<ContactFields> = ada, key: IdentityKey = number): KeyHolder {
  return { contactId, key, fields: { ...emptyFields, ...fields } };
}

/** Why the first candidate was not enough. */
function doubts(newcomer: Partial<ContactFields>, ...holders: KeyHolder[]) {
  const match = findMatch(newcomer, holders);
  return match.kind === 'suggested' ? match.candidates[0]?.evidence.against : match.kind;
}

describe('what may say who somebody is', () => {
  const keys = (emails: string[], phones: Parameters<typeof phone>[] = []) =>
    toIdentityKeys({ emails: emails.map((each) => email(each)), phones: phones.map((each) => phone(...each)) }).map(
      ({ value }) => value,
    );

  it('an email address, and a phone number', () => {
    expect(toIdentityKeys({ emails: [email('ada@example.com')], phones: [phone('+12125551234')] })).toEqual([
      address,
      { kind: 'phone', value: '+12125551234' },
    ]);
  });

  it.each([
    ['dots in gmail', ['a.da@gmail.com', 'ada@googlemail.com'], ['ada@gmail.com']],
    ['tags in gmail', ['ada+shop@gmail.com'], ['ada@gmail.com']],
    ['tags where they are known', ['ada+shop@outlook.com'], ['ada@outlook.com']],
  ])('%s are of one mailbox', (_what, emails, expected) => {
    expect(keys(emails)).toEqual(expected);
  });

  it.each([
    ['dots elsewhere', ['a.da@example.com']],
    ['tags elsewhere', ['ada+shop@example.com']],
  ])('%s are as they are', (_what, emails) => {
    expect(keys(emails)).toEqual(emails);
  });

  it.each(['info@example.com', 'Sales@example.com'.toLowerCase(), 'no-reply@example.com', 'office+shop@gmail.com'])(
    'not a mailbox of many: %s',
    (mailbox) => expect(keys([mailbox])).toEqual([]),
  );

  it.each([
    ['a number that is free to call', ['+18005551234']],
    ['a number of fiction', ['+12125550143']],
    ['a placeholder', ['+10000000000']],
    ['a number behind which there is an extension', ['+12125551234', { extension: '12' }]],
    ['what is no number', [null as never, { raw: 'call me' }]],
  ] as [string, Parameters<typeof phone>][])('not %s', (_what, given) => {
    expect(keys([], [given])).toEqual([]);
  });

  it('each once, whatever their number', () => {
    expect(keys(['ada@gmail.com', 'a.d.a@gmail.com'], [['+12125551234'], ['+12125551234', { label: 'home' }]])).toEqual([
      'ada@gmail.com',
      '+12125551234',
    ]);
  });
});

describe('a newcomer', () => {
  it('whom no key connects is new', () => {
    expect(findMatch(ada, [])).toEqual({ kind: 'new' });
  });

  it('is somebody we know by a key that one contact alone has and a name that fits', () => {
    expect(findMatch(ada, [holder('one'), holder('one', ada, address)])).toEqual({
      kind: 'matched',
      contactId: 'one',
      evidence: { keys: ['phone', 'email'], against: [] },
    });
  });

  it.each([
    ['in another case', { givenName: 'ADA', familyName: 'lovelace' }],
    ['with an initial', { givenName: 'A.', familyName: 'Lovelace' }],
    ['without the family name', { givenName: 'Ada', familyName: null }],
  ])('is somebody we know by a name %s too', (_how, name) => {
    expect(doubts(name, holder('one'))).toBe('matched');
  });

  it('is somebody we know by a nickname', () => {
    expect(doubts({ givenName: 'Bob', familyName: 'Byron' }, holder('one', { givenName: 'Robert', familyName: 'Byron' }))).toBe(
      'matched',
    );
  });
});

describe('a doubt leaves it to a person', () => {
  it.each([
    ['the newcomer has no name', { givenName: null, familyName: null }, ada],
    ['the newcomer has a name that says nothing', { givenName: 'Unknown', familyName: null }, ada],
    ['the contact has no name', ada, { givenName: null, familyName: null }],
  ])('%s', (_what, newcomer, known) => {
    expect(doubts(newcomer, holder('one', known))).toEqual(['name-missing']);
  });

  it('the names differ', () => {
    expect(doubts({ givenName: 'Grace', familyName: 'Hopper' }, holder('one'))).toEqual(['name-differs']);
  });

  it.each([
    ['the families differ, and the emails too', 'other@example.com', ['name-differs', 'email-differs']],
    ['the families differ, and an email is shared', 'ada@example.com', ['name-differs']],
  ])('%s', (_what, theirs, expected) => {
    const newcomer = { givenName: 'Ada', familyName: 'Hopper', emails: [email(theirs)] };
    expect(doubts(newcomer, holder('one', { ...ada, emails: [email('ada@example.com')] }))).toEqual(expected);
  });

  it('other emails of one family speak for nobody else', () => {
    const known = { ...ada, emails: [email('ada@example.com')] };
    expect(doubts({ ...ada, emails: [email('ada@work.test')] }, holder('one', known))).toBe('matched');
  });

  it.each([
    ['1815-12-10', '1815-12-11', ['birthday-differs']],
    ['1815-12-10', '--12-11', ['birthday-differs']],
    ['1815-12-10', '--12-10', 'matched'],
    ['1815-12-10', '1816-12-10', 'matched'],
    [null, '1815-12-11', 'matched'],
  ])('birthdays of %s and %s: %j', (birthday, known, expected) => {
    expect(doubts({ ...ada, birthday }, holder('one', { ...ada, birthday: known }))).toEqual(expected);
  });

  it('the only key is that of several', () => {
    const match = findMatch(ada, [holder('one'), holder('two')]);
    expect(match).toEqual({
      kind: 'suggested',
      candidates: ['one', 'two'].map((contactId) => ({
        contactId,
        evidence: { keys: ['phone'], against: ['shared-key', 'several-contacts'] },
      })),
    });
  });

  it('one key leads to one contact, another to another', () => {
    const match = findMatch(ada, [holder('one'), holder('two', ada, address)]);
    expect(match).toMatchObject({
      kind: 'suggested',
      candidates: [
        { contactId: 'one', evidence: { keys: ['phone'], against: ['several-contacts'] } },
        { contactId: 'two', evidence: { keys: ['email'], against: ['several-contacts'] } },
      ],
    });
  });

  it('a shared key beside one of its own is no doubt in itself, but there are several', () => {
    const match = findMatch(ada, [holder('one'), holder('two'), holder('one', ada, address)]);
    expect(match).toMatchObject({
      candidates: [
        { contactId: 'one', evidence: { keys: ['phone', 'email'], against: ['several-contacts'] } },
        { contactId: 'two', evidence: { against: ['shared-key', 'several-contacts'] } },
      ],
    });
  });

  it('several doubts are all named', () => {
    const known = { ...ada, birthday: '1815-12-10', emails: [email('ada@example.com')] };
    const newcomer = { givenName: 'Grace', familyName: 'Hopper', birthday: '1906-12-09', emails: [email('grace@example.com')] };
    expect(doubts(newcomer, holder('one', known))).toEqual(['name-differs', 'email-differs', 'birthday-differs']);
  });
});
