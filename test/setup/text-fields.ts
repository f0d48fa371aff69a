import { type Facts, PublishedContract, type Schema } from '#test/providers/published/facts.ts';

/** The path to a text in a vendor's record. A number is an index. */
export type TextPath = readonly (string | number)[];

/** The requests that write a record of each vendor. */
const writes: Record<string, readonly string[]> = {
  gohighlevel: ['PUT /contacts/{contactId}', 'POST /contacts/'],
  square: ['PUT /v2/customers/{customer_id}'],
  google: ['PATCH /v1/people/{peopleId}:updateContact'],
  calltools: ['PATCH /api/contacts/{id}/'],
};

/** Every text of a record that the vendor's published description lets a client write. */
export function listTextFields(vendor: string): TextPath[] {
  const { facts } = new PublishedContract(vendor);
  const operations = facts.operations.filter(({ method, path }) => writes[vendor]?.includes(`${method} ${path}`));
  if (operations.length === 0) throw new Error(`The published facts of ${vendor} have no request that writes a record`);
  const paths = operations.flatMap(({ body }) => (isSchema(body) ? listTexts(facts, body, []) : []));
  const byName = new Map(paths.map((path) => [path.join('.'), path]));
  // A value of several forms, such as a text or a list of texts, is written as a text.
  const isPartOfText = (path: TextPath) => path.some((_, depth) => depth > 0 && byName.has(path.slice(0, depth).join('.')));
  return [...byName.values()].filter((path) => !isPartOfText(path));
}

/** Choices and formats are no free text, and deeper values belong to other resources. */
function listTexts(facts: Facts, schema: Schema, path: TextPath): TextPath[] {
  if (path.length > 4 || schema.enum !== undefined) return [];
  const name = typeof schema.$ref === 'string' ? schema.$ref.replace('#/schemas/', '') : null;
  if (name !== null) return listTexts(facts, facts.schemas[name] ?? {}, path);
  if (schema.type === 'string') return [path];
  const { items, properties } = schema;
  const choices = [schema.anyOf, schema.allOf, schema.oneOf].flat().filter(isSchema);
  return [
    ...choices.flatMap((choice) => listTexts(facts, choice, path)),
    ...(isSchema(items) ? listTexts(facts, items, [...path, 0]) : []),
    ...Object.entries(isSchema(properties) ? properties : {}).flatMap(([key, property]) =>
      isSchema(property) ? listTexts(facts, property, [...path, key]) : [],
    ),
  ];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A record with these texts. */
export function buildRecord(texts: readonly { path: TextPath; text: string }[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const { path, text } of texts) setText(record, path, text);
  return record;
}

function setText(at: Record<string | number, unknown>, [key = '', ...rest]: TextPath, text: string): void {
  if (rest.length === 0) {
    at[key] = text;
    return;
  }
  const inner = at[key] ?? (typeof rest[0] === 'number' ? [] : {});
  at[key] = inner;
  // A list takes its indexes as keys.
  setText(inner as Record<string | number, unknown>, rest, text);
}

/** The text at a path; undefined where the record has none. */
export function textAt(record: unknown, path: TextPath): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | null | undefined)?.[key], record);
}
