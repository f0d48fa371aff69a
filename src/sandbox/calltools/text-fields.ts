import { invalid } from './errors.ts';
import { coerce, FieldError } from './field-types.ts';
import type { Body } from './parse-body.ts';

/** Throws a 400 in the words of Django REST Framework. */
export function readRequiredText(body: Body, field: string): string {
  if (!Object.hasOwn(body, field)) throw invalid({ [field]: ['This field is required.'] });
  if (body[field] === null) throw invalid({ [field]: ['This field may not be null.'] });
  const text = readText(body, field);
  if (text === '') throw invalid({ [field]: ['This field may not be blank.'] });
  return text;
}

/** Blank when absent. */
export function readText(body: Body, field: string): string {
  try {
    return String(coerce('text', body[field] ?? '', { allowFictionalPhones: true }));
  } catch (error) {
    if (error instanceof FieldError) throw invalid({ [field]: error.detail });
    throw error;
  }
}
