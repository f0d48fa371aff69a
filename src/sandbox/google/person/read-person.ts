import { badRequest, invalidArgument } from '#sandbox/google/google-error.ts';
import { type FieldName, isField, keyTypes, ruleOf } from './fields.ts';
import { fieldEntries, type Item, isObject, type Values } from './person.ts';

/** A Person from a request body. */
export interface PersonBody {
  etag: string | undefined;
  /** Etag of the CONTACT entry in `metadata.sources`. */
  sourceEtag: string | undefined;
  /** `metadata.sources` was sent without a CONTACT entry. */
  lacksContactSource: boolean;
  /** Every field that was sent, empty ones included. */
  values: Values;
}

/** Keys of a Person that are not fields. A client may send them back. */
const companions = new Set(['resourceName', 'etag', 'metadata', 'ageRange']);

/** Reads a Person strictly, as Google's JSON parser does: an unknown name or a wrong type is a 400. */
export function readPerson(body: unknown, at = 'person'): PersonBody {
  const person = asObject(body, at);
  const values: Values = {};
  for (const [name, value] of Object.entries(person)) {
    if (isField(name)) values[name] = readField(name, value, `${at}.${toSnakeCase(name)}`);
    else if (!companions.has(name)) throw unknownName(name, at);
  }
  return { etag: textOf(person.etag), ...readSources(person.metadata), values };
}

/** Refuses a second item in a singleton field. The message is Google's, as integrators quote it. */
export function checkSingletons(values: Values): void {
  for (const [name, items] of fieldEntries(values)) {
    if (items.length > 1 && ruleOf(name).singleton) {
      throw invalidArgument(`Cannot have more than one person.${toSnakeCase(name)} per source.`);
    }
  }
}

function readField(name: FieldName, value: unknown, at: string): Item[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw badRequest(at, `Invalid value at '${at}', expected an array.`);
  const items = value.map((item, index) => readItem(name, asObject(item, `${at}[${index}]`), `${at}[${index}]`));
  return items.filter((item) => Object.keys(item).length > 0);
}

/** Null and '' mean not set, as in protocol buffers. Derived keys are dropped. */
function readItem(name: FieldName, sent: Item, at: string): Item {
  const { writable, readOnly } = ruleOf(name);
  const item: Item = {};
  for (const [key, value] of Object.entries(sent)) {
    if (readOnly.includes(key) || value === null || value === '') continue;
    if (!writable.includes(key)) throw unknownName(key, at);
    const type = keyTypes[key] ?? 'string';
    if (typeof value !== type) throw badRequest(`${at}.${toSnakeCase(key)}`, toTypeError(`${at}.${toSnakeCase(key)}`, value));
    item[key] = isObject(value) && /date$/i.test(key) ? readDate(value) : value;
  }
  return item;
}

/** Google docs: an unknown part is 0, and protocol buffers omit zeros. */
function readDate(date: Item): Item {
  return Object.fromEntries(Object.entries(date).filter(([, part]) => part !== 0 && part !== null));
}

function readSources(metadata: unknown): Pick<PersonBody, 'sourceEtag' | 'lacksContactSource'> {
  const sources = isObject(metadata) ? metadata.sources : undefined;
  if (!Array.isArray(sources)) return { sourceEtag: undefined, lacksContactSource: false };
  const contact = sources.find((source) => source?.type === 'CONTACT');
  return { sourceEtag: textOf(contact?.etag), lacksContactSource: !contact };
}

function asObject(value: unknown, at: string): Item {
  if (isObject(value) && !Array.isArray(value)) return value;
  throw badRequest(at, toTypeError(at, value));
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const toTypeError = (at: string, value: unknown) => `Invalid value at '${at}', ${JSON.stringify(value)}`;
const toSnakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function unknownName(name: string, at: string) {
  return badRequest(at, `Invalid JSON payload received. Unknown name "${name}" at '${at}': Cannot find field.`);
}
