import { describe, expect, it } from '@jest/globals';
import { type ContactFields, emptyFields, type FieldName, type ProviderValues } from '#domain/contact.ts';
import { isEmptyPatch, patchBetween } from '#domain/patch.ts';
import { projectContact, type Target } from '#domain/projection.ts';
import { email, phone } from './merging.ts';

const everything = Object.keys(emptyFields) as FieldName[];

function member(change: Partial<Target> = {}): Target {
  return { provider: 'square', holds: everything, createOnly: [], role: 'everyone', fitValues: (values) => values, ...change };
}

function project(fields: Partial<ContactFields>, target = member(), { isDeleted = false } = {}) {
  const subject = { fields: { ...emptyFields, ...fields }, isCustomer: false, isDeleted };
  return projectContact({ target, subject, placement: null, managed: { lists: ['Cold Leads'], tags: ['dialer'] } });
}

/** As vendors with room for one email, without labels; a birthday needs its year, a tag has small letters. */
function oneEach(values: ProviderValues): ProviderValues {
  const { emails, birthday, tags, ...rest } = values;
  return {
    ...rest,
    ...(emails && { emails: emails.slice(0, 1).map(({ address }) => email(address)) }),
    ...(birthday !== undefined && { birthday: birthday?.startsWith('--') ? null : birthday }),
    ...(tags && { tags: tags.map((tag) => tag.toLowerCase()) }),
  };
}

describe('a member', () => {
  it.each(['everyone', 'linked'] as const)('that holds %s is told the whole contact, and no places of audiences', (role) => {
    const { fields, inLists, notInLists } = project({ givenName: 'Ada', note: 'Likes tea' }, member({ role }));
    expect(fields).toMatchObject({ givenName: 'Ada', note: 'Likes tea', emails: [], doNotContact: { call: false } });
    expect([inLists, notInLists]).toEqual([[], []]);
  });

  it('is told just the fields that it can hold', () => {
    const { fields } = project({ givenName: 'Ada', note: 'Likes tea' }, member({ holds: ['givenName', 'tags'] }));
    expect(fields).toEqual({ givenName: 'Ada' });
  });

  it.each([
    ['everyone', true],
    ['linked', false],
  ] as const)('that holds %s wants a contact that it has not: %s', (role, wanted) => {
    expect(project({ givenName: 'Ada' }, member({ role })).wanted).toBe(wanted);
  });

  it('does not want somebody who was deleted', () => {
    expect(project({ givenName: 'Ada' }, member(), { isDeleted: true }).wanted).toBe(false);
  });

  it.each([
    ['nothing at all', {}, false],
    ['a note alone', { note: 'Called twice' }, false],
    ['a birthday and tags', { birthday: '1815-12-10', tags: ['vip'] }, false],
    ['a given name', { givenName: 'Ada' }, true],
    ['a company', { company: 'Engines Ltd' }, true],
    ['an email address', { emails: [email('ada@example.com')] }, true],
    ['a phone number', { phones: [phone('+15125550143')] }, true],
  ] as const)('wants somebody of whom is known %s: %s', (_what, fields, wanted) => {
    expect(project(fields as Partial<ContactFields>).wanted).toBe(wanted);
  });

  it('does not want somebody of whom it can show nothing that says who it is', () => {
    const target = member({
      holds: ['givenName', 'note', 'phones'],
      fitValues: (values) => ({ ...values, ...(values.phones && { phones: [] }) }),
    });
    expect(project({ phones: [phone('+15125550143')], note: 'Called twice', company: 'Engines Ltd' }, target).wanted).toBe(false);
  });
});

describe('a value that a member cannot show at all', () => {
  const target = member({ fitValues: oneEach });

  it('is left alone: what it holds there stays', () => {
    const projection = project({ givenName: 'Ada', birthday: '--12-10' }, target);
    expect(projection.fields).not.toHaveProperty('birthday');
    expect(patchBetween(projection, { givenName: 'Ada', birthday: '1815-12-10' }).set).toEqual({});
  });

  it('and is blank here is blank there', () => {
    expect(project({ birthday: null }, target).fields).toMatchObject({ birthday: null });
  });
});

describe('tags of a member', () => {
  it('are those of the contact, in the form of the member, and no others', () => {
    const projection = project({ tags: ['Cold Lead', 'VIP'] }, member({ fitValues: oneEach }));
    expect([projection.hasTags, projection.lacksTags]).toEqual([['cold lead', 'vip'], 'others']);
    expect(patchBetween(projection, { tags: ['vip', 'old'] })).toMatchObject({ addTags: ['cold lead'], removeTags: ['old'] });
  });

  it('are the same tag in another case', () => {
    expect(isEmptyPatch(patchBetween(project({ tags: ['VIP'] }), { tags: ['vip'] }))).toBe(true);
  });

  it('are nothing to one that has none', () => {
    const projection = project({ tags: ['VIP'] }, member({ holds: ['givenName'] }));
    expect([projection.hasTags, projection.lacksTags]).toEqual([[], []]);
  });
});

describe('where a member has room for fewer items', () => {
  const target = member({ fitValues: oneEach });
  const [first, second, other] = [email('a@x.test'), email('b@x.test'), email('c@x.test')] as const;
  const patch = (held: (typeof first)[], emails = [first, second]) =>
    patchBetween(project({ emails }, target), { emails: held }).set;

  it('any of them may stand there', () => {
    expect([patch([first]), patch([second])]).toEqual([{}, {}]);
  });

  it('one that is not of the contact gives way to the first', () => {
    expect(patch([other])).toEqual({ emails: [first] });
  });

  it('none is not as good as one', () => {
    expect(patch([])).toEqual({ emails: [first] });
  });

  it('one that the contact has no more gives way', () => {
    expect(patch([second], [first])).toEqual({ emails: [first] });
  });

  it('the last one goes when the contact has none', () => {
    expect(patch([first], [])).toEqual({ emails: [] });
  });

  it('with room for all, all must stand there', () => {
    const projection = project({ emails: [first, second] });
    expect(patchBetween(projection, { emails: [second] }).set).toEqual({ emails: [first, second] });
    expect(patchBetween(projection, { emails: [second, first] }).set).toEqual({});
    expect(patchBetween(projection, { emails: [second, other] }).set).toEqual({ emails: [first, second] });
  });
});
