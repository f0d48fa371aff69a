import { fieldNames } from '#domain/contact.ts';
import { fieldTable } from '#domain/fields.ts';

/** Everything in these parts of an answer may be about a person: values of fields, values held by a vendor or a form, bodies of requests. */
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
    'contactName',
    'remoteAddress',
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

/** These tell about calls and rules, in words that Accord chose. */
const impersonalParts = new Set(['lastError', 'failures', 'origins', 'workflow']);

/** Keys inside personal parts that describe, and do not identify: readers need them to understand the answer. */
const plainKeys = new Set([
  ...['id', 'provider', 'operation', 'contactId', 'linkId', 'externalId', 'state', 'kind', 'type', 'event', 'at', 'since'],
  ...['channel', 'decision', 'via', 'isDenied', 'by'],
  ...['score', 'parts', 'says', 'rule', 'rules', 'reason', 'reasons', 'keys', 'against'],
]);

const isPlain = (key: string): boolean => plainKeys.has(key) || key.endsWith('At') || key.endsWith('_at');

/** The answer with personal values replaced: text by its first letter and dots, numbers and booleans as they are. */
export function maskPersonal(answer: unknown): unknown {
  return mask(answer, false);
}

function mask(value: unknown, isPersonal: boolean): unknown {
  if (typeof value === 'string') return isPersonal ? maskText(value) : value;
  if (Array.isArray(value)) return value.map((item) => mask(item, isPersonal));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (impersonalParts.has(key)) return [key, inner];
      return [key, mask(inner, isPersonal ? !isPlain(key) : personalParts.has(key))];
    }),
  );
}

/** The number of dots says nothing about the length. */
function maskText(text: string): string {
  const [first = ''] = text;
  return text === '' ? '' : `${first}•••`;
}
