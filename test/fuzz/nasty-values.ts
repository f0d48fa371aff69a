import fc from 'fast-check';

const longText = 'x'.repeat(3_000);

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Text that parsers, PostgreSQL, URLs or screens handle differently from other text. */
export const nastyText = fc.oneof(
  fc.constantFrom(
    ...['', ' ', '\u0000', 'a\u0000b', '\ud800', 'x\udc00y', '\ufeff', '\u202e', '🌸', '\u0001\u001b[31m', '\r\nx: y', longText],
    ...['null', 'true', '0', '-1', '1e999', 'NaN', 'Infinity', '-infinity', 'now', '9007199254740993', '0x10', '1_000', '٣'],
    ...['0000-00-00T00:00:00Z', '0001-01-01T00:00:00Z', '+275760-09-13T00:00:00.000Z', '2026-02-30T25:61:61Z', '2026-01-01'],
    ...["'", '"', '\\', '%', '_', '%25', '{}', '<script>', '../../etc/passwd', '..%2f', "'; drop table contact; --"],
    ...[
      '{00000000-0000-0000-0000-000000000000}',
      '00000000-0000-0000-0000-000000000000',
      '@contact@',
      '@endpoint@',
      '@delivery@',
    ],
    ...[
      'http://[::1',
      'https://user:pass@host/',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'gohighlevel:',
      ':x',
      'square:\u0000',
    ],
    ...['__proto__', 'constructor', 'toString', 'a@b', 'a@b.example', '+15125550143', '000'],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

export const nastyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: nastyText },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      ...[null, true, false, 0, -0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324],
      ...[[], {}, [[]], [null], { a: null }, nested(20), nested(500), JSON.parse('{"__proto__":{"admin":true}}')],
      Array.from({ length: 500 }, (_, index) => index),
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);
