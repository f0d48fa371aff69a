import { invalid, parseError, unsupportedMediaType } from './errors.ts';

export type Body = Record<string, unknown>;

/** Parses the body of a write. Errors are those of Django REST Framework's JSON parser. A missing body counts as `{}`. */
export function parseBody(raw: Buffer, contentType: string | undefined): Body {
  if (raw.length === 0) return {};
  if (mediaType(contentType) !== 'application/json') throw unsupportedMediaType(contentType ?? '');
  const body = parseJson(decode(raw));
  if (body === null) throw invalid({ non_field_errors: ['No data provided'] });
  if (!isDictionary(body)) {
    throw invalid({ non_field_errors: [`Invalid data. Expected a dictionary, but got ${pythonType(body)}.`] });
  }
  return body;
}

function isDictionary(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Python's name for the type of a JSON value, as it appears in error messages. */
export function pythonType(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return typeof value === 'string' ? 'str' : 'dict';
}

function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function decode(raw: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    throw parseError("'utf-8' codec can't decode the body: invalid start byte");
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw parseError(pythonReason(error instanceof Error ? error.message : '', text));
  }
}

/** V8's error message → Python's, with a correction of the position if Python reports another one. */
const reasons: readonly [RegExp, string, ((position: number, text: string) => number)?][] = [
  [/Expected property name|Expected double-quoted property name/, 'Expecting property name enclosed in double quotes'],
  [/Expected ':'/, "Expecting ':' delimiter"],
  [/Expected ','/, "Expecting ',' delimiter"],
  [/non-whitespace character after JSON/, 'Extra data'],
  [/Unterminated string/, 'Unterminated string starting at', (_, text) => text.lastIndexOf('"')],
  [/Bad control character/, 'Invalid control character at'],
  [/Bad escaped character/, 'Invalid \\escape', (position) => position - 1],
];

function pythonReason(message: string, text: string): string {
  const [, reason, shift] = reasons.find(([pattern]) => pattern.test(message)) ?? [null, 'Expecting value'];
  // Some messages of V8 name the offending token instead of a position; the end of the text is used then.
  const found = Number(/at position (\d+)/.exec(message)?.[1] ?? text.trimEnd().length);
  const position = shift ? shift(found, text) : found;
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - before.lastIndexOf('\n');
  return `${reason}: line ${line} column ${column} (char ${position})`;
}
