import { FieldError, toInteger } from './field-types.ts';
import { pythonType } from './parse-body.ts';

/** Parses ids of tags, buckets or contacts. A wrong type is reported by its index, an unknown id is not: both are stock behaviour. */
export function toIds(value: unknown, exists: (id: number) => boolean): number[] {
  if (!Array.isArray(value)) throw new FieldError(`Expected a list of items but got type "${pythonType(value)}".`);
  const wrong: Record<string, string[]> = {};
  const ids = value.map((item, index) => {
    try {
      return toInteger(item);
    } catch (error) {
      if (!(error instanceof FieldError) || !Array.isArray(error.detail)) throw error;
      wrong[index] = error.detail;
      return Number.NaN;
    }
  });
  if (Object.keys(wrong).length > 0) throw new FieldError(wrong);
  const missing = ids.find((id) => !exists(id));
  if (missing !== undefined) throw new FieldError(`Invalid pk "${missing}" - object does not exist.`);
  return [...new Set(ids)];
}
