import { describe, expect, it } from '@jest/globals';
import { type ContactFields, emptyFields, type FieldName, type ProviderValues } from '#domain/contact.ts';
import { isEmptyPatch, patchBetween } from '#domain/sync/patch.ts';
import { projectContact, type Target } from '#domain/sync/projection.ts';
import type { Email, Phone } from '#domain/values.ts';
import { email, phone } from '#test/domain/merge/merging.ts';

const everything = Object.keys(emptyFields) as FieldName[];

function member(change: Partial<Target> = {}): Target {
  return { provider: 'square', holds: everything, role: 'everyone', fitValues: (values) => values, ...change };
}

function project(
  fields: Partial<ContactFields>,
  target = member(),
  { isDeleted = false, held = null as ProviderValues | null } = {},
) {
  const subject = { fields: { ...emptyFields, ...fields }, isCustomer: false, isDeleted };
  return projectContact({ target, subject, placement: null, managed: { lists: ['Cold Leads'], tags: ['dialer'] }, held });
}

/** A vendor with one email without a label, birthdays with a year, and lower-case tags. */
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
  it.each(['everyone', 'linked'] as const)('that holds %s gets the whole contact, without placements of audiences', (role) => {
    const { fields, inLists, notInLists } = project({ givenName: 'Ada', note: 'Likes tea' }, member({ role }));
    expect(fields).toMatchObject({ givenName: 'Ada', note: 'Likes tea', emails: [], doNotContact: { call: false } });
    expect([inLists, notInLists]).toEqual([[], []]);
  });

  it('gets only the fields that it can hold', () => {
    const { fields } = project({ givenName: 'Ada', note: 'Likes tea' }, member({ holds: ['givenName', 'tags'] }));
    expect(fields).toEqual({ givenName: 'Ada' });
  });

  it.each([
    ['everyone', true],
    ['linked', false],
  ] as const)('that holds %s gets new contacts: %s', (role, wanted) => {
    expect(project({ givenName: 'Ada' }, member({ role })).wanted).toBe(wanted);
  });

  it('gets no deleted contacts', () => {
    expect(project({ givenName: 'Ada' }, member(), { isDeleted: true }).wanted).toBe(false);
  });

  it.each([
    ['nothing', {}, false],
    ['only a note', { note: 'Called twice' }, false],
    ['a birthday and tags', { birthday: '1815-12-10', tags: ['vip'] }, false],
    ['a given name', { givenName: 'Ada' }, true],
    ['a company', { company: 'Engines Ltd' }, true],
    ['an email address', { emails: [email('ada@example.com')] }, true],
    ['a phone number', { phones: [phone('+15125550143')] }, true],
  ] as const)('gets a contact with %s: %s', (_what, fields, wanted) => {
    expect(project(fields as Partial<ContactFields>).wanted).toBe(wanted);
  });

  it('gets no contact whose identifying fields it cannot hold', () => {
    const target = member({
      holds: ['givenName', 'note', 'phones'],
      fitValues: (values) => ({ ...values, ...(values.phones && { phones: [] }) }),
    });
    expect(project({ phones: [phone('+15125550143')], note: 'Called twice', company: 'Engines Ltd' }, target).wanted).toBe(false);
  });
});

describe('a value that a member cannot show at all', () => {
  const target = member({ fitValues: oneEach });

  it('does not clear the value that it holds', () => {
    const projection = project({ givenName: 'Ada', birthday: '--12-10' }, target);
    expect(projection.fields).not.toHaveProperty('birthday');
    expect(patchBetween(projection, { givenName: 'Ada', birthday: '1815-12-10' }).set).toEqual({});
  });

  it('is cleared when the contact has none', () => {
    expect(project({ birthday: null }, target).fields).toMatchObject({ birthday: null });
  });
});

describe('tags of a member', () => {
  it('are exactly those of the contact, in the member’s form', () => {
    const projection = project({ tags: ['Cold Lead', 'VIP'] }, member({ fitValues: oneEach }));
    expect([projection.hasTags, projection.lacksTags]).toEqual([['cold lead', 'vip'], 'others']);
    expect(patchBetween(projection, { tags: ['vip', 'old'] })).toMatchObject({ addTags: ['cold lead'], removeTags: ['old'] });
  });

  it('are compared regardless of case', () => {
    expect(isEmptyPatch(patchBetween(project({ tags: ['VIP'] }), { tags: ['vip'] }))).toBe(true);
  });

  it('are left out for a member without tags', () => {
    const projection = project({ tags: ['VIP'] }, member({ holds: ['givenName'] }));
    expect([projection.hasTags, projection.lacksTags]).toEqual([[], []]);
  });
});

describe('a member with room for fewer items', () => {
  const target = member({ fitValues: oneEach });
  const [first, second, other] = [email('a@x.test'), email('b@x.test'), email('c@x.test')] as const;
  const patch = (held: (typeof first)[], emails = [first, second]) =>
    patchBetween(project({ emails }, target), { emails: held }).set;

  it('may hold any of them', () => {
    expect([patch([first]), patch([second])]).toEqual([{}, {}]);
  });

  it('gets the first instead of a foreign item', () => {
    expect(patch([other])).toEqual({ emails: [first] });
  });

  it('gets the first when it has none', () => {
    expect(patch([])).toEqual({ emails: [first] });
  });

  it('gets the first instead of a removed item', () => {
    expect(patch([second], [first])).toEqual({ emails: [first] });
  });

  it('loses the last one when the contact has none', () => {
    expect(patch([first], [])).toEqual({ emails: [] });
  });

  it('must hold all of them when it has room', () => {
    const projection = project({ emails: [first, second] });
    expect(patchBetween(projection, { emails: [second] }).set).toEqual({ emails: [first, second] });
    expect(patchBetween(projection, { emails: [second, first] }).set).toEqual({});
    expect(patchBetween(projection, { emails: [second, other] }).set).toEqual({ emails: [first, second] });
  });
});

describe('an item that the vendor does not accept', () => {
  const accepts = { emails: ({ address }: Email) => address.includes('@'), phones: ({ e164 }: Phone) => e164 !== null };
  const [odd, good, other] = [email('see notes'), email('a@x.test'), email('b@x.test')] as const;
  const patch = (emails: Email[], held: Email[], fitValues: Target['fitValues']) =>
    patchBetween(project({ emails }, member({ accepts, fitValues }), { held: { emails: held } }), { emails: held }).set;
  const all: Target['fitValues'] = (values) => values;

  it('stays where it is, and takes the only place', () => {
    expect([patch([good], [odd], oneEach), patch([odd, good], [odd], oneEach), patch([], [odd], oneEach)]).toEqual([{}, {}, {}]);
  });

  it('stays beside others where there is room', () => {
    expect(patch([good], [odd], all)).toEqual({ emails: [odd, good] });
    expect(patch([other, odd], [odd, good], all)).toEqual({ emails: [odd, other] });
  });

  it('is written to no other record', () => {
    expect([patch([odd], [], oneEach), patch([odd], [good], oneEach)]).toEqual([{}, {}]);
    expect(patch([odd, good], [], all)).toEqual({ emails: [good] });
  });

  it('makes no record by itself', () => {
    expect(project({ emails: [odd] }, member({ accepts })).wanted).toBe(false);
  });

  it('is replaced when it only fills the place', () => {
    const phones = [{ e164: null, extension: null, raw: '000', label: null }, phone('+15125550143')];
    const [filler, number] = phones as [Phone, Phone];
    const one = (values: ProviderValues) => ({ ...values, ...(values.phones && { phones: values.phones.slice(0, 1) }) });
    const set = (held: Phone[], known: Phone[]) =>
      patchBetween(project({ phones: known }, member({ accepts, fitValues: one }), { held: { phones: held } }), { phones: held })
        .set;
    expect([set([filler], [filler, number]), set([filler], [filler])]).toEqual([{ phones: [number] }, {}]);
  });
});
