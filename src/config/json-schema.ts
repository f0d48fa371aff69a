import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What a file may hold, before defaults and transforms. Draft 7, which editors know best. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' });
}

/** Names that the schema knows for the keys of the object at `path`. */
export function findKnownKeys(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  let node: JsonSchema | undefined = schema;
  for (const step of path) node = (node?.properties?.[String(step)] ?? node?.additionalProperties) as JsonSchema | undefined;
  return Object.keys(node?.properties ?? {});
}

/** The schema of an overlay: the same fields, none of which must be there. */
export function relax({
  required: _required,
  default: _default,
  minProperties: _minProperties,
  ...schema
}: JsonSchema): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([key, part]) => [key, relax(part as JsonSchema)]);
  if (schema.properties) schema.properties = Object.fromEntries(properties);
  if (typeof schema.additionalProperties === 'object') schema.additionalProperties = relax(schema.additionalProperties);
  return schema;
}
