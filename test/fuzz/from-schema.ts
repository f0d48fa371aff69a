import fc from 'fast-check';
import { document } from '#test/api/docs/openapi-check.ts';

/** The part of JSON Schema that the OpenAPI document uses. */
export interface Schema {
  $ref?: string;
  const?: unknown;
  enum?: unknown[];
  example?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  type?: string | string[];
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
}

/** Values that a schema allows, with its examples among them. Patterns are ignored: mutations break them anyway. */
export function fromSchema(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const typical = typicalOf(schema, depth);
  return schema.example === undefined ? typical : fc.oneof(typical, fc.constant(schema.example));
}

function typicalOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.$ref) return depth > 8 ? fc.constant(null) : fromSchema(resolve(schema.$ref), depth + 1);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((each) => fromSchema(each, depth + 1)));
  if (schema.allOf) {
    return fc.tuple(...schema.allOf.map((each) => fromSchema(each, depth + 1))).map((parts) => Object.assign({}, ...parts));
  }
  const types = [schema.type ?? 'null'].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema, depth)));
}

function ofType(type: string, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer(range(schema));
    case 'number':
      return fc.double({ ...range(schema), noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(schema.items ? fromSchema(schema.items, depth + 1) : fc.jsonValue(), {
        minLength: Math.min(schema.minItems ?? 0, 5),
        maxLength: Math.min(schema.maxItems ?? 3, 5),
      });
    case 'object':
      return object(schema, depth);
    default:
      return fc.constant(null);
  }
}

function text({ format, minLength = 0, maxLength = 30 }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.oneof(fc.uuid(), fc.constantFrom('@endpoint@', '@contact@', '@delivery@'));
  if (format === 'date-time') return fc.constantFrom('2026-11-20T00:00:00Z', '2026-11-20T00:00:00.123456+14:00');
  if (format === 'date') return fc.constant('2026-11-20');
  if (format === 'email') return fc.constant('ada@example.com');
  if (format === 'uri') return fc.constantFrom('https://example.com/hook', 'https://example.com:8443/a?b=c#d');
  return fc.string({ minLength: Math.min(minLength, 50), maxLength: Math.max(Math.min(maxLength, 50), Math.min(minLength, 50)) });
}

const range = ({ minimum = -1_000, maximum = 1_000_000 }: Schema) => ({
  min: Math.max(minimum, -(2 ** 31)),
  max: Math.min(maximum, 2 ** 31 - 1),
});

function object({ properties = {}, required = [], additionalProperties }: Schema, depth: number): fc.Arbitrary<unknown> {
  const model = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, fromSchema(each, depth + 1)]));
  const known = fc.record(model, { requiredKeys: required.filter((name) => name in model) });
  if (typeof additionalProperties !== 'object') return known;
  const others = fc.dictionary(fc.string({ maxLength: 10 }), fromSchema(additionalProperties, depth + 1), { maxKeys: 2 });
  return fc.tuple(others, known).map(([more, own]) => ({ ...more, ...own }));
}

function resolve(ref: string): Schema {
  const parts = ref.slice('#/'.length).split('/');
  return parts.reduce((node: Record<string, never>, part) => node[part] ?? {}, document as never);
}
