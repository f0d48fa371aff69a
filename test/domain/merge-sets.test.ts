import { describe, expect, it } from '@jest/globals';
import type { ProviderValues } from '#domain/contact.ts';
import type { MergeInput } from '#domain/merge-input.ts';
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

/** As vendors with room for one email and one phone, without label or extension. */
const oneItem = ({ emails, phones, ...rest }: ProviderValues): ProviderValues => ({
  ...rest,
  ...(emails && { emails: emails.slice(0, 1).map((each) => ({ ...each, label: null })) }),
  ...(phones && { phones: phones.slice(0, 1).map((each) => ({ ...each, extension: null, label: null })) }),
});

describe('a list', () => {
  it.each([
    ['has what was added there at its end', [a, b], [a, b], [a, b, c], 'abc'],
    ['loses what was removed there', [a, b], [a, b], [b], 'b'],
    ['keeps what only we have added', [a, c], [a], [a], 'ac'],
    ['does not get back what only we have removed', [a], [a, b], [a, b], 'a'],
    ['keeps what both added once', [a, c], [a], [a, c], 'ac'],
    ['loses what both removed, without a word', [a], [a, b], [a], 'a'],
    ['keeps what we added and loses what they removed', [a, b, c], [a, b], [b], 'bc'],
    ['has all of both on the first read, ours first', [a], null, [b, c], 'abc'],
    ['is emptied when they emptied what it had', [a], [a], [], ''],
    ['keeps what is only ours when they emptied theirs', [a, c], [a], [], 'c'],
    ['does not follow a mere change of order', [a, b], [a, b], [b, a], 'ab'],
  ])('%s', (_what, ours, base, theirs, expected) => {
    expect(mergeEmails(ours, base, theirs).join('')).toBe(expected);
  });

  it('says nothing of a change that both had made', () => {
    expect(mergeSides({ ours: { emails: [b] }, base: { emails: [a] }, theirs: { emails: [b] } }).changes).toEqual([]);
  });

  it('is compared by what its items mean: places regardless of case and label', () => {
    const place: PostalAddress = {
      ...{ street: '1 Main St', city: 'Austin', region: 'TX', postalCode: '78701', country: 'US', label: 'home' },
    };
    const shouted = { ...place, city: ' AUSTIN ', label: 'work' };
    const sides = { ours: { addresses: [place] }, base: { addresses: [] }, theirs: { addresses: [shouted] } };
    expect(mergeSides(sides).changes).toEqual([]);
  });
});

describe('what replaces an item', () => {
  it.each([
    ['the first', [a, b], [a, b], [c, b], 'cb'],
    ['the last', [a, b], [a, b], [a, c], 'ac'],
    ['one of several, with two', [a, b], [a, b], [c, d, b], 'cdb'],
    ['two at once, at the place of the first of them', [a, b, c], [a, b, c], [d, c], 'dc'],
  ])('takes its place: %s', (_which, ours, base, theirs, expected) => {
    expect(mergeEmails(ours, base, theirs).join('')).toBe(expected);
  });
});

describe('a vendor with room for one item', () => {
  const fits = { fitValues: oneItem };

  it('that shows the first has removed none of the others', () => {
    expect(mergeEmails([a, b], [a], [a], fits).join('')).toBe('ab');
  });

  it('where another one is written over the first has it at its place, and the rest behind', () => {
    expect(mergeEmails([a, b], [a], [c], fits).join('')).toBe('cb');
  });

  it('where the one is emptied has just that one removed', () => {
    expect(mergeEmails([a, b], [a], [], fits).join('')).toBe('b');
  });

  it('that shows an item which was not the first keeps the order of ours', () => {
    expect(mergeEmails([a, b], [b], [b], fits).join('')).toBe('ab');
  });
});

describe('what a vendor cannot show of an item', () => {
  const [home, bare] = [phone('+15125550143', { extension: '12', label: 'home' }), phone('+15125550143')];
  const other = phone('+15125550144');

  it('its extension and its label: the number without them is the same phone, and stays as it was', () => {
    const { fields, changes } = mergePhones([home], [bare], [bare], { fitValues: oneItem });
    expect([fields.phones, changes]).toEqual([[home], []]);
  });

  it('its extension: removed there, it is removed here with it', () => {
    expect(mergePhones([home, other], [bare], [], { fitValues: oneItem }).fields.phones).toEqual([other]);
  });

  it('its extension: replaced there, the other number takes its place', () => {
    expect(mergePhones([home], [bare], [other], { fitValues: oneItem }).fields.phones).toEqual([other]);
  });

  it('its extension: on the first read there is no second phone', () => {
    const { fields } = mergeSides(
      { ours: { phones: [home, other] }, base: null, theirs: { phones: [bare] } },
      { fitValues: oneItem },
    );
    expect(fields.phones).toEqual([home, other]);
  });

  it('is another phone where a vendor can show it', () => {
    const { fields } = mergePhones([home], [home], [home, bare]);
    expect(fields.phones).toEqual([home, bare]);
  });

  it('the case of a tag: in the case of the vendor it is the same tag, and stays as it was written', () => {
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

describe('an addition of ours of which no answer came', () => {
  const added = { attempts: [attempt({ emails: [a, b] })] };

  it('and that shows is not taken for one of theirs: removed here since, it does not come back', () => {
    expect(mergeEmails([a, d], [a], [a, b, c], added).join('')).toBe('adc');
  });

  it('and that does not show has not been removed by anybody', () => {
    expect(mergeEmails([a, b], [a], [a, c], added).join('')).toBe('abc');
  });

  it('of a tag, likewise', () => {
    const attempts = [attempt({}, { addTags: ['Cold Lead'] })];
    expect(mergeTags([], [], ['cold lead'], { attempts })).toEqual([]);
    expect(mergeTags(['Cold Lead'], [], ['new'], { attempts })).toEqual(['Cold Lead', 'new']);
  });
});

describe('a removal of ours of which no answer came', () => {
  const removed = { attempts: [attempt({ emails: [a] })] };

  it('and that shows is not taken for one of theirs: added here again since, it stays', () => {
    expect(mergeEmails([a, b], [a, b], [a, c], removed).join('')).toBe('abc');
  });

  it('and that does not show changes nothing: what they still have is not new', () => {
    expect(mergeEmails([a], [a, b], [a, b, c], removed).join('')).toBe('ac');
  });

  it('of a tag, likewise', () => {
    const attempts = [attempt({}, { removeTags: ['Cold Lead'] })];
    expect(mergeTags(['cold lead'], ['cold lead'], [], { attempts })).toEqual(['cold lead']);
    expect(mergeTags([], ['cold lead'], ['cold lead', 'new'], { attempts })).toEqual(['new']);
  });
});
