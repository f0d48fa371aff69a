import type { Account } from '#sandbox/calltools/account.ts';
import { type FieldErrors, invalid } from '#sandbox/calltools/django/errors.ts';
import { type ColumnType, coerce, FieldError } from '#sandbox/calltools/django/field-types.ts';
import { toIds } from '#sandbox/calltools/django/ids.ts';
import type { Body } from '#sandbox/calltools/django/parse-body.ts';
import type { FieldValues } from '#sandbox/calltools/rows.ts';
import type { CallToolsSettings } from '#sandbox/calltools/settings.ts';
import { columnsOf } from './contact-columns.ts';

/** A checked body. */
export interface ContactChange {
  values: FieldValues;
  tags: IdChange;
  buckets: IdChange;
}

export interface IdChange {
  /** The new list. Null keeps the present list for `add` and `remove`. */
  replace: number[] | null;
  add: number[];
  remove: number[];
}

type Read = <T>(name: string, read: (value: unknown) => T, absent: T) => T;

/** Throws a 400 that names every invalid field, like a serializer of Django REST Framework. */
export function parseContactChange(body: Body, account: Account): ContactChange {
  const errors: FieldErrors = {};
  const read: Read = (name, parse, absent) => {
    if (!Object.hasOwn(body, name)) return absent;
    try {
      return parse(body[name]);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      errors[name] = error.detail;
      return absent;
    }
  };
  const change = {
    values: readValues(read, account.settings),
    tags: readIds(read, 'tags', (id) => account.tags.find(id) !== undefined),
    buckets: readIds(read, 'buckets', (id) => account.buckets.find(id) !== undefined),
  };
  const moves = read('remove_from_other_buckets_on_add', (value) => coerce('bool', value, account.settings), false);
  if (Object.keys(errors).length > 0) throw invalid(errors);
  return moves ? { ...change, buckets: asMove(change.buckets) } : change;
}

function readValues(read: Read, settings: CallToolsSettings): FieldValues {
  const absent = Symbol();
  const values: FieldValues = {};
  for (const [name, { type, nullable }] of columnsOf(settings)) {
    const value = read<unknown>(name, (raw) => readValue(raw, type, nullable, settings), absent);
    if (value !== absent) values[name] = value;
  }
  return values;
}

const mayBeBlank: ReadonlySet<ColumnType> = new Set(['text', 'phone', 'email']);

/** A blank text overwrites the present value (seen by an integrator, not documented). */
function readValue(raw: unknown, type: ColumnType, nullable: boolean, settings: CallToolsSettings): unknown {
  if (raw === null && nullable) return null;
  if (raw === null) throw new FieldError('This field may not be null.');
  if (typeof raw === 'string' && raw.trim() === '' && mayBeBlank.has(type)) return '';
  return coerce(type, raw, settings);
}

function readIds(read: Read, name: 'tags' | 'buckets', exists: (id: number) => boolean): IdChange {
  const ids = (value: unknown) => toIds(value, exists);
  return {
    replace: read<number[] | null>(name, ids, null),
    add: read(`add_${name}`, ids, []),
    remove: read(`remove_${name}`, ids, []),
  };
}

/** `remove_from_other_buckets_on_add` has an effect only if a bucket is added. */
function asMove(buckets: IdChange): IdChange {
  return buckets.add.length > 0 ? { replace: buckets.add, add: [], remove: [] } : buckets;
}
