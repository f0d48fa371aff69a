import { FieldError, toInteger } from './field-types.ts';
import { pythonType } from './parse-body.ts';

/** Ids of tags, buckets or contacts. A wrong type is keyed by its index, an unknown id is not: stock behaviour, both. */
export function toIds(value: unknown, exists: (id: number) => boolean): number[] {
  if (!Array.isArray(value)) throw new FieldError(`Expected a list of items but got type "${pythonType(value)}".`);
  const wrong: Record<string, string[]> = {};
  const ids = value.map((item, index) => {
    try {
      return toInteger(item);
    } catch (error) {
      wrong[index] = (error as FieldError).detail as string[];
      return Number.NaN;
    }
  });
  if (Object.keys(wrong).length > 0) throw new FieldError(wrong);
  const missing = ids.find((id) => !exists(id));
  if (missing !== undefined) throw new FieldError(`Invalid pk "${missing}" - object does not exist.`);
  return [...new Set(ids)];
}
