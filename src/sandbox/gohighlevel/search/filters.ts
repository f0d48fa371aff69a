import { z } from 'zod';
import type { Contact } from '#sandbox/gohighlevel/contacts/contact.ts';
import { unprocessable } from '#sandbox/gohighlevel/vendor-error.ts';
import { findField, fold, type Operator, type Scalar, type SearchField } from './fields.ts';

const bound = z.union([z.number(), z.iso.datetime({ offset: true }), z.iso.date()]);
const range = z.strictObject({ gt: bound.optional(), gte: bound.optional(), lt: bound.optional(), lte: bound.optional() });
const condition = z.strictObject({
  field: z.string(),
  operator: z.enum(['eq', 'not_eq', 'contains', 'not_contains', 'exists', 'not_exists', 'range']),
  value: z.union([z.string().max(75), z.number(), z.boolean(), range]).optional(),
});

export type Condition = z.output<typeof condition>;
export type Filter = Condition | { group: 'AND' | 'OR'; filters: Filter[] };

export const filterSchema: z.ZodType<Filter> = z.lazy(() =>
  z.union([z.strictObject({ group: z.enum(['AND', 'OR']), filters: z.array(filterSchema) }), condition]),
);

type Predicate = (contact: Contact) => boolean;

/** Combines the filters with AND. Throws the 422 for a field or operator that HighLevel does not document. */
export function toPredicate(filters: readonly Filter[]): Predicate {
  const predicates = filters.map(compile);
  return (contact) => predicates.every((matches) => matches(contact));
}

function compile(filter: Filter): Predicate {
  if (!('group' in filter)) return compileCondition(filter);
  const predicates = filter.filters.map(compile);
  return filter.group === 'AND'
    ? (contact) => predicates.every((matches) => matches(contact))
    : (contact) => predicates.some((matches) => matches(contact));
}

function compileCondition({ field: name, operator, value }: Condition): Predicate {
  const field = findField(name);
  if (!field) throw unprocessable(`filters: field ${name} is not supported`);
  if (!field.operators.includes(operator)) throw unprocessable(`filters: operator ${operator} is not supported for ${name}`);
  const needsNoValue = operator === 'exists' || operator === 'not_exists';
  if (needsNoValue !== (value === undefined)) {
    throw unprocessable(`filters: operator ${operator} takes ${needsNoValue ? 'no' : 'a'} value`);
  }
  if (operator === 'range' && typeof value === 'object') {
    return (contact) => field.read(contact).some((held) => isWithin(held, value));
  }
  if (operator === 'range' || typeof value === 'object') throw unprocessable(`filters: wrong value for operator ${operator}`);
  return test(field, operator, value);
}

function test(field: SearchField, operator: Exclude<Operator, 'range'>, value: Scalar | undefined): Predicate {
  switch (operator) {
    case 'exists':
      return (contact) => field.read(contact).length > 0;
    case 'not_exists':
      return (contact) => field.read(contact).length === 0;
    case 'not_eq':
      return not(test(field, 'eq', value));
    case 'not_contains':
      return not(test(field, 'contains', value));
    case 'eq': {
      const wanted = fold(value);
      return (contact) => field.read(contact).includes(wanted);
    }
    case 'contains': {
      const wanted = String(fold(value));
      return (contact) => field.read(contact).some((held) => String(held).includes(wanted));
    }
  }
}

const not =
  (matches: Predicate): Predicate =>
  (contact) =>
    !matches(contact);

function isWithin(held: Scalar, { gt, gte, lt, lte }: z.output<typeof range>): boolean {
  const at = toNumber(held);
  return !(
    (gt !== undefined && at <= toNumber(gt)) ||
    (gte !== undefined && at < toNumber(gte)) ||
    (lt !== undefined && at >= toNumber(lt)) ||
    (lte !== undefined && at > toNumber(lte))
  );
}

const toNumber = (value: Scalar) =>
  typeof value === 'string' && Number.isNaN(Number(value)) ? Date.parse(value) : Number(value);
