import { fieldNames } from '#domain/contact.ts';
import { fieldTable } from '#domain/fields.ts';

/** Everything in these parts of an answer may be about a person: values of fields, what a vendor or a form holds, bodies of requests. */
const personalParts = new Set([
  ...[
    'fields',
    'shadow',
    'held',
    'set',
    'addTags',
    'removeTags',
    'values',
    'value',
    'from',
    'to',
    'losing',
    'before',
    'after',
    'evidence',
    'message',
  ],
  ...[
    'payload',
    'response_body',
    'request_headers',
    'response_headers',
    'details',
    'name',
    'email',
    'phone',
    'consent',
    'samples',
  ],
  ...fieldNames.filter((field) => fieldTable[field].isPersonal),
]);

/** Keys inside personal parts that say how, not who: the reader needs them to understand the answer. */
const plainKeys = new Set([
  'provider',
  'operation',
  'contactId',
  'externalId',
  'score',
  'reason',
  'rule',
  'kind',
  'type',
  'event',
]);

/** The answer with personal values replaced: text by its first letter and dots, numbers and booleans as they are. */
export function maskPersonal(answer: unknown): unknown {
  return mask(answer, false);
}

function mask(value: unknown, isPersonal: boolean): unknown {
  if (typeof value === 'string') return isPersonal ? maskText(value) : value;
  if (Array.isArray(value)) return value.map((item) => mask(item, isPersonal));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, mask(inner, isPersonal ? !plainKeys.has(key) : personalParts.has(key))]),
  );
}

/** The number of dots says nothing about the length. */
function maskText(text: string): string {
  const [first = ''] = text;
  return text === '' ? '' : `${first}•••`;
}
