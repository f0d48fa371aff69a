import { invalidRequest, notImplemented } from '#sandbox/square/api-error.ts';
import { toE164 } from '#sandbox/square/customers/phone.ts';
import { type Entry, type ExactField, exactFields } from './entry.ts';
import type { Filter, TextFilter, TimeRange } from './filters.ts';

type Predicate = (entry: Entry) => boolean;

interface Surroundings {
  sellerCountry: string;
  groupExists: (id: string) => boolean;
}

/** Square docs (CustomerFilter): all parts must match. A filter that the sandbox lacks is refused, never ignored. */
export function toPredicate(filter: Filter, { sellerCountry, groupExists }: Surroundings): Predicate {
  const refused = (['segment_ids', 'custom_attribute'] as const).find((name) => filter[name] !== undefined);
  if (refused) throw notImplemented(`the filter ${refused}`);
  const predicates: Predicate[] = exactFields.flatMap((field) => {
    const part = filter[field];
    return part ? [toTextPredicate(field, part, sellerCountry)] : [];
  });
  const { created_at, updated_at, creation_source: source, group_ids: groups } = filter;
  if (created_at) predicates.push(({ createdAt }) => isWithin(createdAt, created_at));
  if (updated_at) predicates.push(({ updatedAt }) => isWithin(updatedAt, updated_at));
  if (source?.values) {
    const { values, rule } = source;
    predicates.push(({ customer }) => values.includes(customer.creation_source) === (rule === 'INCLUDE'));
  }
  if (groups) predicates.push(toGroupPredicate(groups, groupExists));
  return (entry) => predicates.every((matches) => matches(entry));
}

/** The exact value that every match has, for the lookup. Null if the filter has none. */
export function exactOf(filter: Filter, sellerCountry: string): { field: ExactField; value: string } | null {
  for (const field of exactFields) {
    const exact = filter[field]?.exact;
    if (exact !== undefined) return { field, value: toExactValue(field, exact, sellerCountry) };
  }
  return null;
}

function toTextPredicate(field: ExactField, { exact, fuzzy = '' }: TextFilter, sellerCountry: string): Predicate {
  if (exact === undefined) return ({ customer }) => isFuzzyMatch(customer[field] ?? '', fuzzy);
  const value = toExactValue(field, exact, sellerCountry);
  return (entry) => entry.exact[field] === value;
}

/** Square docs (CustomerTextFilter): email and reference ignore case; a phone needs `+` and country code. */
function toExactValue(field: ExactField, text: string, sellerCountry: string): string {
  if (field !== 'phone_number') return text.toLowerCase();
  const phone = text.startsWith('+') ? toE164(text, sellerCountry) : undefined;
  if (phone !== undefined) return phone;
  throw invalidRequest('INVALID_PHONE_NUMBER', 'Expected an E.164 phone number.', 'query.filter.phone_number.exact');
}

/** Square docs (CustomerTextFilter): punctuation separates tokens; each must occur in a token of the value, in any order. */
function isFuzzyMatch(value: string, query: string): boolean {
  const held = toTokens(value);
  return toTokens(query).every((wanted) => held.some((token) => token.includes(wanted)));
}

const toTokens = (text: string) =>
  text
    .toLowerCase()
    .split(/[\s\p{P}\p{S}]+/u)
    .filter((token) => token !== '');

/** Whether the bounds are inclusive is not documented; in the sandbox they are. */
function isWithin(at: number, { start_at: start = 0, end_at: end = Number.POSITIVE_INFINITY }: TimeRange): boolean {
  return at >= start && at <= end;
}

/** Square docs (CustomerFilter): an unknown group makes the result empty. */
function toGroupPredicate({ any, all, none }: NonNullable<Filter['group_ids']>, groupExists: (id: string) => boolean): Predicate {
  if (![...(any ?? []), ...(all ?? []), ...(none ?? [])].every(groupExists)) return () => false;
  return ({ customer: { group_ids: held = [] } }) =>
    (any === undefined || any.some((id) => held.includes(id))) &&
    (all === undefined || all.every((id) => held.includes(id))) &&
    (none === undefined || !none.some((id) => held.includes(id)));
}
