import { caseFold } from '#domain/normalize/text.ts';
import { InvalidRequestError } from '#providers/errors.ts';
import { scalar } from '#providers/lenient.ts';
import type { AttributeDefinition } from '#providers/square/schema.ts';
import { vendor } from '#providers/square/settings.ts';

/** Square docs (custom attributes, value data types): the name behind the # of the schema's reference; a selection has a schema of its own. */
function typeOf({ schema }: AttributeDefinition): string {
  if (schema?.items) return 'Selection';
  return /#squareup\.common\.(\w+)$/.exec(schema?.$ref ?? '')?.[1] ?? 'unknown';
}

/** A value as text; null when it is empty, undefined when it has no text form, such as an address. */
export function toAttributeText(value: unknown, definition: AttributeDefinition): string | null | undefined {
  if (Array.isArray(value)) return value.map((id) => toOptionName(id, definition)).join(', ') || null;
  const { success, data } = scalar.safeParse(value);
  if (!success) return undefined;
  return data === undefined || data === null || data === '' ? null : String(data);
}

/** Square docs: the value of a selection is a list of ids; the names are beside them in the schema. */
function toOptionName(id: unknown, { schema }: AttributeDefinition): string {
  const at = typeof id === 'string' ? (schema?.items?.enum?.indexOf(id) ?? -1) : -1;
  return schema?.items?.names?.[at] ?? String(id);
}

/** The value to write. Throws `InvalidRequestError` for a text that does not fit. */
export function fromAttributeText(text: string, definition: AttributeDefinition): unknown {
  if (definition.visibility === 'VISIBILITY_READ_ONLY') return refuse(definition, 'can be changed by its owner only');
  const type = typeOf(definition);
  switch (type) {
    case 'String':
    case 'Email':
    case 'PhoneNumber':
      return text;
    case 'Number':
      // A text, with at most five digits behind the point.
      return /^-?\d+(\.\d{1,5})?$/.test(text) ? text : refuse(definition, 'takes numbers only');
    case 'Date':
      return /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : refuse(definition, 'takes dates only, such as 2026-11-30');
    case 'Boolean':
      return /^(true|false)$/.test(text) ? text === 'true' : refuse(definition, 'takes true or false only');
    case 'Selection':
      return text.split(/[,\n]/).flatMap((part) => (part.trim() === '' ? [] : findOption(part, definition)));
    default:
      return refuse(definition, `is of a kind that Accord cannot write (${type})`);
  }
}

/** The options are settings of the seller, and no data of a person. */
function findOption(text: string, definition: AttributeDefinition): string {
  const { enum: ids, names } = definition.schema?.items ?? {};
  const at = names?.findIndex((name) => caseFold(name.trim()) === caseFold(text.trim())) ?? -1;
  return ids?.[at] ?? refuse(definition, `has no such option; it has ${names?.slice(0, 20).join(', ') || 'none'}`);
}

function refuse({ key, name }: AttributeDefinition, because: string): never {
  throw new InvalidRequestError({
    provider: vendor.id,
    operation: 'write custom attribute',
    message: `${vendor.name}’s custom attribute ${name ?? key} ${because}.`,
    remedy: 'Change it there, or change the value; then retry.',
  });
}
