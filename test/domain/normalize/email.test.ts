import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isEmailAddress, normalizeEmail, readEmail } from '#domain/normalize/email.ts';

it.each([
  [' Ada@Example.COM ', 'ada@example.com'],
  ["o'brien+tag@mail.example.co.uk", "o'brien+tag@mail.example.co.uk"],
  ['ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'ada@example.com'],
  ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
  ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
  ['jörg@example.com', 'jörg@example.com'],
  ['\ufeffada@example.com\u200b', 'ada@example.com'],
  ['a.d.a@gmail.com', 'a.d.a@gmail.com'],
])('keeps %j as %j', (raw, address) => {
  expect(normalizeEmail(raw)).toEqual({ address, label: null });
});

it.each([
  '',
  '   ',
  'ada',
  'ada@',
  '@example.com',
  'ada@localhost',
  'ada@example',
  'ada@example..com',
  'ada@example.com.',
  'ada@-example.com',
  'ada@exa_mple.com',
  'ada@example.c',
  'ada@192.0.2.1',
  'ada@0x7f.1',
  'ada@example.com/path',
  'ada@example.com:80',
  'ada@exa%6dple.com',
  'a da@example.com',
  'ada..l@example.com',
  '.ada@example.com',
  'ada@b@example.com',
  'ada@example.com, bob@example.com',
  'Ada <ada@example.com>',
  `${'a'.repeat(65)}@example.com`,
  `ada@${'a'.repeat(64)}.com`,
  `ada@${'abcdefgh.'.repeat(29)}com`,
  null,
  undefined,
])('reads %j as no email address', (raw) => {
  expect(normalizeEmail(raw)).toBeNull();
});

it.each([
  [' Ada@Example.COM ', 'ada@example.com', true],
  ['Ume..X.@example.org', 'Ume..X.@example.org', false],
  [' see\u0000 the\u2066 notes ', 'see the notes', false],
  ['0', '0', false],
  ['N/A', undefined, false],
  ['no e-mail', undefined, false],
  [' — ', undefined, false],
  [null, undefined, false],
])('reads %j from a record as %j', (raw, address, isAddress) => {
  expect(readEmail(raw)?.address).toBe(address);
  expect(isEmailAddress(address ?? '')).toBe(isAddress);
});

it('keeps the label', () => {
  expect(normalizeEmail('ada@example.com', ' Work ')).toEqual({ address: 'ada@example.com', label: 'Work' });
});

it('is idempotent, regardless of case', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (typed) => {
      const once = normalizeEmail(typed);
      if (once === null) return;
      expect(normalizeEmail(once.address)).toEqual(once);
      expect(normalizeEmail(typed.toUpperCase())).toEqual(once);
    }),
  );
});

it('accepts addresses that the standard allows', () => {
  fc.assert(fc.property(fc.emailAddress(), (typed) => expect(normalizeEmail(typed)).not.toBeNull()));
});

it('keeps a domain as every URL has it', () => {
  const label = fc.stringMatching(/^[a-z\d-]{1,9}$/);
  const domain = fc.tuple(fc.array(label, { minLength: 1, maxLength: 3 }), fc.constantFrom('com', 'de', 'xn--p1ai', '3', 'x1'));
  fc.assert(
    fc.property(domain, ([labels, last]) => {
      const host = [...labels, last].join('.');
      const address = normalizeEmail(`ada@${host}`)?.address;
      if (address !== undefined) expect(address).toBe(`ada@${new URL(`http://${host}`).hostname}`);
    }),
    { numRuns: 1_000 },
  );
});
