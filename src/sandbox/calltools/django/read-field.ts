import { invalid } from './errors.ts';
import { FieldError, toText } from './field-types.ts';
import type { Body } from './parse-body.ts';

/** One field of a body, or `absent`. Throws a 400 that names the field. */
export function readField<T>(body: Body, field: string, parse: (value: unknown) => T, absent: T): T {
  if (!Object.hasOwn(body, field)) return absent;
  try {
    return parse(body[field]);
  } catch (error) {
    if (error instanceof FieldError) throw invalid({ [field]: error.detail });
    throw error;
  }
}

/** Blank when absent. */
export function readText(body: Body, field: string): string {
  return readField(body, field, toText, '');
}

export function readRequiredText(body: Body, field: string): string {
  if (!Object.hasOwn(body, field)) throw invalid({ [field]: ['This field is required.'] });
  if (body[field] === null) throw invalid({ [field]: ['This field may not be null.'] });
  const text = readText(body, field);
  if (text === '') throw invalid({ [field]: ['This field may not be blank.'] });
  return text;
}
