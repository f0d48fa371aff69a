import { describe, expect, it } from '@jest/globals';
import { checkValues } from '#providers/web-form/check-values.ts';
import { formWith } from './submission.ts';

const options = { defaultRegion: 'US', now: new Date('2026-11-22T10:00:00Z'), refuseUnknown: true };

function check(field: object, given: unknown) {
  const { form } = formWith([{ name: 'x', label: 'X', ...field }]);
  const { values, problems } = checkValues(
    form,
    new Map<string, unknown>([
      ['x', given],
      ['reach', 'a@example.com'],
    ]),
    options,
  );
  return problems.length > 0 ? problems.map(({ message }) => message).join() : (values.x ?? null);
}

const date = 'Enter a date as year, month and day, such as 1985-12-10.';

describe('a field', () => {
  it.each<[type: object, given: unknown, expected: string | null]>([
    [{}, ' a\r\nb\rc ', 'a\nb\nc'],
    [{}, 'e\u0301', '\u00e9'],
    [{}, 7, '7'],
    [{}, null, null],
    [{}, '   ', null],
    [{}, true, 'This must be text.'],
    [{}, { a: 1 }, 'This must be text.'],
    [{}, 'x'.repeat(201), 'This is too long: the maximum is 200 characters.'],
    [{ maxLength: 3 }, '𠮷𠮷', 'This is too long: the maximum is 3 characters.'],
    [{ required: true }, ' ', 'Fill in: X.'],
    [{ type: 'email' }, 'Ada@Bücher.example', 'Ada@Bücher.example'],
    [{ type: 'email' }, 'ada@localhost', 'Enter an email address, such as name@example.com.'],
    [{ type: 'tel' }, '+44 20 7946 0018', '+44 20 7946 0018'],
    [{ type: 'tel' }, '555', 'Enter a phone number with its area code.'],
    [{ type: 'select', options: ['a'] }, 'b', 'Choose one of the options.'],
    [{ type: 'select', options: ['a'], required: true }, '', 'Choose: X.'],
    [{ type: 'checkbox' }, true, 'yes'],
    [{ type: 'checkbox' }, 'on', 'yes'],
    [{ type: 'checkbox' }, false, null],
    [{ type: 'checkbox' }, 'FALSE', null],
    [{ type: 'checkbox', required: true }, '0', 'Tick “X” to continue.'],
    [{ type: 'checkbox' }, ['yes'], 'This must be text.'],
    [{ type: 'date' }, '2024-02-29', '2024-02-29'],
    [{ type: 'date' }, '2023-02-29', date],
    [{ type: 'date' }, '22.11.2026', date],
    [{ type: 'date', mapsTo: 'birthday' }, '2026-11-23', 'This date is in the future.'],
    [{ type: 'hidden', value: 'ours' }, 'theirs', 'ours'],
  ])('%j with %j is %j', (field, given, expected) => {
    expect(check(field, given)).toBe(expected);
  });
});

describe('a missing email address and phone number', () => {
  const { form } = formWith([
    { name: 'name', label: 'Name', required: true },
    { name: 'tel', label: 'Phone', type: 'tel', mapsTo: 'phone' },
  ]);
  const problemsOf = (given: Record<string, string>) => checkValues(form, new Map(Object.entries(given)), options).problems;

  it('is reported together with other problems', () => {
    expect(problemsOf({})).toEqual([
      { field: 'name', message: 'Fill in: Name.' },
      { field: 'tel', message: 'Fill in: Phone or Email.' },
    ]);
  });

  it('is not reported for a field that has another problem', () => {
    expect(problemsOf({ name: 'Ada', tel: '12' })).toEqual([
      { field: 'tel', message: 'Enter a phone number with its area code.' },
    ]);
  });
});

it('reports unknown fields to programs, and ignores them for browsers', () => {
  const { form } = formWith([]);
  const given = new Map([
    ['reach', 'a@example.com'],
    ['homepage', ''],
    ['__proto__', 'x'],
  ]);
  expect(checkValues(form, given, options).problems).toEqual([{ field: '__proto__', message: 'The form has no such field.' }]);
  expect(checkValues(form, given, { ...options, refuseUnknown: false })).toEqual({
    values: { reach: 'a@example.com' },
    problems: [],
  });
});
