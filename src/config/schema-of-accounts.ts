import { providers } from '#providers/index.ts';
import type { JsonSchema } from './json-schema.ts';

const vendors = providers.filter(({ accountVariables }) => accountVariables).map(({ id }) => id);
const furtherOf = (vendor: string) => `^${vendor}-[a-z\\d]+(-[a-z\\d]+)*$`;

/**
 * A JSON schema in which every place that takes a vendor's id takes those of its further accounts, with the same settings. The schema
 * that checks a file names its accounts instead, so that it can suggest one for a misspelled key.
 */
export function withFurtherAccounts(schema: JsonSchema, pointer = '#'): JsonSchema {
  const { properties = {}, additionalProperties, items, enum: options } = schema;
  const result: JsonSchema = { ...schema };
  if (schema.properties) {
    result.properties = Object.fromEntries(
      Object.entries(properties).map(([key, part]) => [key, extend(part, `${pointer}/properties/${key}`)]),
    );
    const further = vendors.filter((id) => id in properties);
    if (further.length > 0)
      result.patternProperties = Object.fromEntries(
        further.map((id) => [furtherOf(id), { $ref: `${pointer}/properties/${id}` }]),
      );
  }
  if (additionalProperties) result.additionalProperties = extend(additionalProperties, `${pointer}/additionalProperties`);
  if (items && !Array.isArray(items)) result.items = extend(items, `${pointer}/items`);
  if (!options?.some((option) => vendors.some((id) => id === option))) return result;
  delete result.enum;
  return { ...result, anyOf: [{ enum: options }, { pattern: furtherOf(`(${vendors.join('|')})`) }] };
}

function extend(part: JsonSchema | boolean, pointer: string): JsonSchema | boolean {
  return typeof part === 'object' ? withFurtherAccounts(part, pointer) : part;
}
