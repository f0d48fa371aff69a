import { invalid } from './errors.ts';
import { FieldError, toText } from './field-types.ts';
import type { Body } from './parse-body.ts';

/** Parses one field of a body; returns `absent` if it is missing. Throws a 400 that names the field. */
export function readField<T>(body: Body, field: string, parse: (value: unknown) => T, absent: T): T {
  if (!Object.hasOwn(body, field)) return absent;
  try {
    return parse(body[field]);
  } catch (error) {
    if (error instanceof FieldError) throw invalid({ [field]: error.detail });
    throw error;
  }
}

/** Returns '' for a missing field. */
export function readText(body: Body, field: string): string {
  return readField(body, field, toText, '');
}

/** Throws a 400 for a missing, null or blank field. */
export function readRequiredText(body: Body, field: string): string {
  if (!Object.hasOwn(body, field)) throw invalid({ [field]: ['This field is required.'] });
  if (body[field] === null) throw invalid({ [field]: ['This field may not be null.'] });
  const text = readText(body, field);
  if (text === '') throw invalid({ [field]: ['This field may not be blank.'] });
  return text;
}
