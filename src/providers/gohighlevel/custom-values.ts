import { caseFold } from '#domain/normalize/text.ts';
import { InvalidRequestError } from '#providers/errors.ts';
import { scalar } from '#providers/lenient.ts';
import type { CustomFieldDefinition } from './schema.ts';
import { vendor } from './settings.ts';

/** HighLevel docs (custom fields): the kinds of fields, by the type of their values. */
const kinds: Record<string, 'text' | 'number' | 'option' | 'options' | 'date'> = {
  ...{ TEXT: 'text', LARGE_TEXT: 'text', PHONE: 'text', EMAIL: 'text' },
  // Spelled so in the docs; integrators see both spellings.
  ...{ NUMERICAL: 'number', MONETORY: 'number', MONETARY: 'number' },
  ...{ SINGLE_OPTIONS: 'option', RADIO: 'option', MULTIPLE_OPTIONS: 'options', CHECKBOX: 'options' },
  DATE: 'date',
};

/** A field of a kind that is not documented is written as text, and HighLevel decides. */
function kindOf({ dataType }: CustomFieldDefinition) {
  return dataType === null ? 'text' : kinds[dataType];
}

/** A value as text; null when it is empty, undefined when it has no text form, such as a file. */
export function toCustomText(value: unknown, definition: CustomFieldDefinition): string | null | undefined {
  if (Array.isArray(value)) {
    const items = value.map((item) => scalar.safeParse(item));
    if (!items.every(({ success }) => success)) return undefined;
    return (
      items.flatMap(({ data }) => (data === null || data === undefined || data === '' ? [] : String(data))).join(', ') || null
    );
  }
  const parsed = scalar.safeParse(value);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  if (data === undefined || data === null || data === '') return null;
  return kindOf(definition) === 'date' ? toDate(data) : String(data);
}

/** Dates of custom fields come as ISO 8601 or as milliseconds, as `dateOfBirth` does (highlevel-api-docs issue 314). */
function toDate(value: string | number | boolean): string | undefined {
  const isEpoch = typeof value === 'number' || /^-?\d{9,}$/.test(String(value));
  const instant = isEpoch ? new Date(Number(value)) : null;
  const iso = instant && !Number.isNaN(instant.getTime()) ? instant.toISOString() : String(value);
  return /^\d{4}-\d{2}-\d{2}/.exec(iso)?.[0];
}

/** The value to write. An empty text clears a field: HighLevel documents no way. Throws `InvalidRequestError` for a text that does not fit. */
export function fromCustomText(value: unknown, definition: CustomFieldDefinition): unknown {
  const text = typeof value === 'string' ? value : '';
  const kind = kindOf(definition);
  if (text === '') return kind === 'options' ? [] : '';
  switch (kind) {
    case 'text':
      return text;
    case 'number':
      return Number.isFinite(Number(text)) ? Number(text) : refuse(definition, 'takes numbers only');
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : refuse(definition, 'takes dates only, such as 2026-11-30');
    case 'option':
      return findOption(text, definition);
    case 'options':
      return text.split(/[,\n]/).flatMap((part) => (part.trim() === '' ? [] : findOption(part, definition)));
    case undefined:
      return refuse(definition, `is of a kind that Accord cannot write (${definition.dataType})`);
    default:
      return kind satisfies never;
  }
}

/** The option as HighLevel spells it. The options are settings of the location, and no data of a person. */
function findOption(text: string, definition: CustomFieldDefinition): string {
  const options = definition.picklistOptions ?? [];
  const found = options.find((option) => caseFold(option.trim()) === caseFold(text.trim()));
  return found ?? refuse(definition, `has no such option; it has ${options.slice(0, 20).join(', ') || 'none'}`);
}

function refuse({ id, name, fieldKey }: CustomFieldDefinition, because: string): never {
  throw new InvalidRequestError({
    provider: vendor.id,
    operation: 'write custom field',
    message: `${vendor.name}’s custom field ${name ?? fieldKey ?? id} ${because}.`,
    remedy: 'Add the option there, or change the value; then retry.',
  });
}
