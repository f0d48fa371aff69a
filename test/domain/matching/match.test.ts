import { describe, expect, it } from '@jest/globals';
import { type ContactFields, emptyFields } from '#domain/contact.ts';
import { findMatch, type IdentityKey, type KeyHolder, toIdentityKeys } from '#domain/matching/match.ts';
import { email, phone } from '#test/domain/merging.ts';

const ada = { givenName: 'Ada', familyName: 'Lovelace' };
const number: IdentityKey = { kind: 'phone', value: '+12125550000' };
const address: IdentityKey = { kind: 'email', value: 'ada@example.com' };

function holder(contactId: string, fields: Partial<ContactFields> = ada, key: IdentityKey = number): KeyHolder {
  return { contactId, key, fields: { ...emptyFields, ...fields } };
}

/** The reasons against the first candidate. */
function doubts(newcomer: Partial<ContactFields>, ...holders: KeyHolder[]) {
  const match = findMatch(newcomer, holders);
  return match.kind === 'suggested' ? match.candidates[0]?.evidence.against : match.kind;
}

describe('identity keys', () => {
  const keys = (emails: string[], phones: Parameters<typeof phone>[] = []) =>
    toIdentityKeys({ emails: emails.map((each) => email(each)), phones: phones.map((each) => phone(...each)) }).map(
      ({ value }) => value,
    );

  it('are email addresses and phone numbers', () => {
    expect(toIdentityKeys({ emails: [email('ada@example.com')], phones: [phone('+12125551234')] })).toEqual([
      address,
      { kind: 'phone', value: '+12125551234' },
    ]);
  });

  it.each([
    ['dots in gmail', ['a.da@gmail.com', 'ada@googlemail.com'], ['ada@gmail.com']],
    ['tags in gmail', ['ada+shop@gmail.com'], ['ada@gmail.com']],
    ['tags of hosts that support them', ['ada+shop@outlook.com'], ['ada@outlook.com']],
  ])('%s belong to one mailbox', (_what, emails, expected) => {
    expect(keys(emails)).toEqual(expected);
  });

  it.each([
    ['dots elsewhere', ['a.da@example.com']],
    ['tags elsewhere', ['ada+shop@example.com']],
  ])('%s are kept', (_what, emails) => {
    expect(keys(emails)).toEqual(emails);
  });

  it.each(['info@example.com', 'Sales@example.com'.toLowerCase(), 'no-reply@example.com', 'office+shop@gmail.com'])(
    'exclude the role mailbox %s',
    (mailbox) => expect(keys([mailbox])).toEqual([]),
  );

  it.each(['noemail@example.com', 'none@example.com', 'na@example.com', 'no@gmail.com', 'test@example.com'])(
    'exclude the placeholder %s',
    (placeholder) => expect(keys([placeholder])).toEqual([]),
  );

  it.each(['ume..x.@example.org', '.a@example.com', 'see notes', 'Ada <ada@example.com>'])(
    'exclude %s, which is no email address',
    (text) => expect(keys([text])).toEqual([]),
  );

  it.each([
    ['a toll-free number', ['+18005551234']],
    ['a fictional number', ['+12125550143']],
    ['a placeholder', ['+10000000000']],
    ['a number with an extension', ['+12125551234', { extension: '12' }]],
    ['a text that is no number', [null as never, { raw: 'call me' }]],
  ] as [string, Parameters<typeof phone>][])('exclude %s', (_what, given) => {
    expect(keys([], [given])).toEqual([]);
  });

  it('occur once each', () => {
    expect(keys(['ada@gmail.com', 'a.d.a@gmail.com'], [['+12125551234'], ['+12125551234', { label: 'home' }]])).toEqual([
      'ada@gmail.com',
      '+12125551234',
    ]);
  });
});

describe('a record without a contact', () => {
  it('is new without a common key', () => {
    expect(findMatch(ada, [])).toEqual({ kind: 'new' });
  });

  it('matches by a key that only one contact has and a compatible name', () => {
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
  ])('matches by a name %s', (_how, name) => {
    expect(doubts(name, holder('one'))).toBe('matched');
  });

  it('matches by a nickname', () => {
    expect(doubts({ givenName: 'Bob', familyName: 'Byron' }, holder('one', { givenName: 'Robert', familyName: 'Byron' }))).toBe(
      'matched',
    );
  });
});

describe('a match is only suggested when', () => {
  it.each([
    ['the record has no name', { givenName: null, familyName: null }, ada],
    ['the record has a placeholder for a name', { givenName: 'Unknown', familyName: null }, ada],
    ['the contact has no name', ada, { givenName: null, familyName: null }],
  ])('%s', (_what, newcomer, known) => {
    expect(doubts(newcomer, holder('one', known))).toEqual(['name-missing']);
  });

  it('the names differ', () => {
    expect(doubts({ givenName: 'Grace', familyName: 'Hopper' }, holder('one'))).toEqual(['name-differs']);
  });

  it.each([
    ['family names and emails differ', 'other@example.com', ['name-differs', 'email-differs']],
    ['family names differ and an email is shared', 'ada@example.com', ['name-differs']],
  ])('%s', (_what, theirs, expected) => {
    const newcomer = { givenName: 'Ada', familyName: 'Hopper', emails: [email(theirs)] };
    expect(doubts(newcomer, holder('one', { ...ada, emails: [email('ada@example.com')] }))).toEqual(expected);
  });

  it('not when only the emails differ', () => {
    const known = { ...ada, emails: [email('ada@example.com')] };
    expect(doubts({ ...ada, emails: [email('ada@work.test')] }, holder('one', known))).toBe('matched');
  });

  it.each([
    ['1815-12-10', '1815-12-11', ['birthday-differs']],
    ['1815-12-10', '--12-11', ['birthday-differs']],
    ['1815-12-10', '--12-10', 'matched'],
    ['1815-12-10', '1816-12-10', ['birthday-differs']],
    [null, '1815-12-11', 'matched'],
  ])('birthdays of %s and %s: %j', (birthday, known, expected) => {
    expect(doubts({ ...ada, birthday }, holder('one', { ...ada, birthday: known }))).toEqual(expected);
  });

  it('several contacts have the only key', () => {
    const match = findMatch(ada, [holder('one'), holder('two')]);
    expect(match).toEqual({
      kind: 'suggested',
      candidates: ['one', 'two'].map((contactId) => ({
        contactId,
        evidence: { keys: ['phone'], against: ['shared-key', 'several-contacts'] },
      })),
    });
  });

  it('two keys belong to two contacts', () => {
    const match = findMatch(ada, [holder('one'), holder('two', ada, address)]);
    expect(match).toMatchObject({
      kind: 'suggested',
      candidates: [
        { contactId: 'one', evidence: { keys: ['phone'], against: ['several-contacts'] } },
        { contactId: 'two', evidence: { keys: ['email'], against: ['several-contacts'] } },
      ],
    });
  });

  it('there are several contacts, even if one of them has a key of its own', () => {
    const match = findMatch(ada, [holder('one'), holder('two'), holder('one', ada, address)]);
    expect(match).toMatchObject({
      candidates: [
        { contactId: 'one', evidence: { keys: ['phone', 'email'], against: ['several-contacts'] } },
        { contactId: 'two', evidence: { against: ['shared-key', 'several-contacts'] } },
      ],
    });
  });

  it('and names every reason', () => {
    const known = { ...ada, birthday: '1815-12-10', emails: [email('ada@example.com')] };
    const newcomer = { givenName: 'Grace', familyName: 'Hopper', birthday: '1906-12-09', emails: [email('grace@example.com')] };
    expect(doubts(newcomer, holder('one', known))).toEqual(['name-differs', 'email-differs', 'birthday-differs']);
  });
});
