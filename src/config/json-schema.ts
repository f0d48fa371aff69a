import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The JSON schema of the input, before defaults and transforms, in draft 7, which most editors support. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' });
}

/** The property names of the object at `path`; empty when the schema has no such object. */
export function findKnownKeys(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  let node: JsonSchema | undefined = schema;
  for (const step of path) node = asObject(node?.properties?.[String(step)] ?? node?.additionalProperties);
  return Object.keys(node?.properties ?? {});
}

/** The schema of an overlay: the same settings, all of them optional. */
export function relax({
  required: _required,
  default: _default,
  minProperties: _minProperties,
  ...schema
}: JsonSchema): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([key, part]) => {
    return [key, typeof part === 'object' ? relax(part) : part] as const;
  });
  if (schema.properties) schema.properties = Object.fromEntries(properties);
  if (typeof schema.additionalProperties === 'object') schema.additionalProperties = relax(schema.additionalProperties);
  return schema;
}

/** A part of a JSON schema may also be `true` or `false`. */
export function asObject(part: JsonSchema | boolean | undefined): JsonSchema | undefined {
  return typeof part === 'object' ? part : undefined;
}
