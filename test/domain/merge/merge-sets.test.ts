import { describe, expect, it } from '@jest/globals';
import type { ProviderValues } from '#domain/contact.ts';
import type { MergeInput } from '#domain/merge/merge-input.ts';
import type { Email, Phone, PostalAddress } from '#domain/values.ts';
import { attempt, email, mergeSides, phone } from './merging.ts';

const [a, b, c, d] = ['a@x.test', 'b@x.test', 'c@x.test', 'd@x.test'].map((address) => email(address)) as [
  Email,
  Email,
  Email,
  Email,
];

function mergeEmails(ours: Email[], base: Email[] | null, theirs: Email[], rest: Partial<MergeInput> = {}): string[] {
  const sides = { ours: { emails: ours }, base: base && { emails: base }, theirs: { emails: theirs } };
  return mergeSides(sides, rest).fields.emails.map(({ address }) => address.slice(0, 1));
}

function mergePhones(ours: Phone[], base: Phone[], theirs: Phone[], rest: Partial<MergeInput> = {}) {
  return mergeSides({ ours: { phones: ours }, base: { phones: base }, theirs: { phones: theirs } }, rest);
}

const mergeTags = (ours: string[], base: string[], theirs: string[], rest: Partial<MergeInput> = {}) =>
  mergeSides({ ours: { tags: ours }, base: { tags: base }, theirs: { tags: theirs } }, rest).fields.tags;

/** A vendor with one email and one phone, without label or extension. */
const oneItem = ({ emails, phones, ...rest }: ProviderValues): ProviderValues => ({
  ...rest,
  ...(emails && { emails: emails.slice(0, 1).map((each) => ({ ...each, label: null })) }),
  ...(phones && { phones: phones.slice(0, 1).map((each) => ({ ...each, extension: null, label: null })) }),
});

describe('a set', () => {
  it.each([
    ['appends their additions', [a, b], [a, b], [a, b, c], 'abc'],
    ['drops their removals', [a, b], [a, b], [b], 'b'],
    ['keeps our additions', [a, c], [a], [a], 'ac'],
    ['keeps our removals', [a], [a, b], [a, b], 'a'],
    ['keeps an item that both added once', [a, c], [a], [a, c], 'ac'],
    ['drops an item that both removed', [a], [a, b], [a], 'a'],
    ['combines our additions with their removals', [a, b, c], [a, b], [b], 'bc'],
    ['combines both on the first read, ours first', [a], null, [b, c], 'abc'],
    ['is emptied when they removed all items', [a], [a], [], ''],
    ['keeps our additions when they removed all items', [a, c], [a], [], 'c'],
    ['ignores their order', [a, b], [a, b], [b, a], 'ab'],
  ])('%s', (_what, ours, base, theirs, expected) => {
    expect(mergeEmails(ours, base, theirs).join('')).toBe(expected);
  });

  it('reports no change that both sides made', () => {
    expect(mergeSides({ ours: { emails: [b] }, base: { emails: [a] }, theirs: { emails: [b] } }).changes).toEqual([]);
  });

  it('compares addresses regardless of case and label', () => {
    const place: PostalAddress = {
      ...{ street: '1 Main St', city: 'Austin', region: 'TX', postalCode: '78701', country: 'US', label: 'home' },
    };
    const shouted = { ...place, city: ' AUSTIN ', label: 'work' };
    const sides = { ours: { addresses: [place] }, base: { addresses: [] }, theirs: { addresses: [shouted] } };
    expect(mergeSides(sides).changes).toEqual([]);
  });
});

describe('a replacement', () => {
  it.each([
    ['the first', [a, b], [a, b], [c, b], 'cb'],
    ['the last', [a, b], [a, b], [a, c], 'ac'],
    ['one of several, with two', [a, b], [a, b], [c, d, b], 'cdb'],
    ['two at once, at the place of the first of them', [a, b, c], [a, b, c], [d, c], 'dc'],
  ])('takes the place of the replaced item: %s', (_which, ours, base, theirs, expected) => {
    expect(mergeEmails(ours, base, theirs).join('')).toBe(expected);
  });
});

describe('a vendor with room for one item', () => {
  const fits = { fitValues: oneItem };

  it('does not remove the others by showing the first', () => {
    expect(mergeEmails([a, b], [a], [a], fits).join('')).toBe('ab');
  });

  it('replaces the first item when it is overwritten there', () => {
    expect(mergeEmails([a, b], [a], [c], fits).join('')).toBe('cb');
  });

  it('removes only that item when it is cleared there', () => {
    expect(mergeEmails([a, b], [a], [], fits).join('')).toBe('b');
  });

  it('keeps our order when it shows another item', () => {
    expect(mergeEmails([a, b], [b], [b], fits).join('')).toBe('ab');
  });
});

describe('a part of an item that a vendor cannot show', () => {
  const [home, bare] = [phone('+15125550143', { extension: '12', label: 'home' }), phone('+15125550143')];
  const other = phone('+15125550144');

  it('extension and label: the bare number is the same phone, and ours stays', () => {
    const { fields, changes } = mergePhones([home], [bare], [bare], { fitValues: oneItem });
    expect([fields.phones, changes]).toEqual([[home], []]);
  });

  it('extension: a removal there removes the phone with its extension', () => {
    expect(mergePhones([home, other], [bare], [], { fitValues: oneItem }).fields.phones).toEqual([other]);
  });

  it('extension: a replacement there takes the place of the phone', () => {
    expect(mergePhones([home], [bare], [other], { fitValues: oneItem }).fields.phones).toEqual([other]);
  });

  it('extension: the first read adds no second phone', () => {
    const { fields } = mergeSides(
      { ours: { phones: [home, other] }, base: null, theirs: { phones: [bare] } },
      { fitValues: oneItem },
    );
    expect(fields.phones).toEqual([home, other]);
  });

  it('extension: the bare number is another phone where the vendor shows extensions', () => {
    const { fields } = mergePhones([home], [home], [home, bare]);
    expect(fields.phones).toEqual([home, bare]);
  });

  it('case of a tag: the vendor’s case is the same tag, and our spelling stays', () => {
    const inLowerCase = ({ tags, ...rest }: ProviderValues) => ({
      ...rest,
      ...(tags && { tags: tags.map((t) => t.toLowerCase()) }),
    });
    expect(mergeTags(['Cold Lead', 'VIP'], ['cold lead'], ['cold lead', 'vip', 'new'], { fitValues: inLowerCase })).toEqual([
      'Cold Lead',
      'VIP',
      'new',
    ]);
    expect(mergeTags(['Cold Lead', 'VIP'], ['cold lead', 'vip'], ['vip'], { fitValues: inLowerCase })).toEqual(['VIP']);
  });
});

describe('our addition without an answer', () => {
  const added = { attempts: [attempt({ emails: [a, b] })] };

  it('is recognised when it shows: removed by us since, it does not come back', () => {
    expect(mergeEmails([a, d], [a], [a, b, c], added).join('')).toBe('adc');
  });

  it('is not read as a removal when it does not show', () => {
    expect(mergeEmails([a, b], [a], [a, c], added).join('')).toBe('abc');
  });

  it('applies to tags too', () => {
    const attempts = [attempt({}, { addTags: ['Cold Lead'] })];
    expect(mergeTags([], [], ['cold lead'], { attempts })).toEqual([]);
    expect(mergeTags(['Cold Lead'], [], ['new'], { attempts })).toEqual(['Cold Lead', 'new']);
  });
});

describe('our removal without an answer', () => {
  const removed = { attempts: [attempt({ emails: [a] })] };

  it('is recognised when it shows: added by us again since, the item stays', () => {
    expect(mergeEmails([a, b], [a, b], [a, c], removed).join('')).toBe('abc');
  });

  it('is not read as an addition when it does not show', () => {
    expect(mergeEmails([a], [a, b], [a, b, c], removed).join('')).toBe('ac');
  });

  it('applies to tags too', () => {
    const attempts = [attempt({}, { removeTags: ['Cold Lead'] })];
    expect(mergeTags(['cold lead'], ['cold lead'], [], { attempts })).toEqual(['cold lead']);
    expect(mergeTags([], ['cold lead'], ['cold lead', 'new'], { attempts })).toEqual(['new']);
  });
});
