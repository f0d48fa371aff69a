import { invalid } from './errors.ts';

/** Creates the test of one query parameter. Throws an ApiError for an invalid value. */
export type Filter<Row> = (value: string, name: string) => (row: Row) => boolean;
export type Filters<Row> = Readonly<Record<string, Filter<Row>>>;

/** Ignores unknown parameters, so a mistyped one returns all rows: stock django-filter. */
export function applyFilters<Row>(rows: Iterable<Row>, query: URLSearchParams, filters: Filters<Row>): Row[] {
  const tests = [...new Set(query.keys())].flatMap((name) => {
    const value = query.getAll(name).at(-1) ?? '';
    const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
    return filter && value !== '' ? [filter(value, name)] : [];
  });
  const kept = [...rows];
  return tests.length === 0 ? kept : kept.filter((row) => tests.every((test) => test(row)));
}

/** An exact match of the value as text. */
export function byText<Row>(get: (row: Row) => unknown): Filter<Row> {
  return (value) => (row) => String(get(row) ?? '') === value;
}

/** Throws the 400 for a value that is not a number. */
export function byNumber<Row>(get: (row: Row) => number | null): Filter<Row> {
  return (value, name) => {
    const number = parseNumber(value, name);
    return (row) => get(row) === number;
  };
}

/** A value other than true or false filters nothing. */
export function byBool<Row>(get: (row: Row) => unknown): Filter<Row> {
  return (value) => {
    const wanted = { true: true, false: false }[value.toLowerCase()];
    return (row) => wanted === undefined || get(row) === wanted;
  };
}

/** Throws the 400 that names the parameter. */
export function parseNumber(value: string, name: string): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw invalid({ [name]: ['Enter a number.'] });
  return number;
}

/** Value of the parameter `ordering` → sort key of a row. */
export type Orderings<Row> = Readonly<Record<string, (row: Row) => string | number>>;

/** Sorts by `ordering=name` or `ordering=-name`. Unknown names are ignored. `rows` have to be sorted by id. */
export function applyOrdering<Row>(rows: Row[], ordering: string | null, orderings: Orderings<Row>): Row[] {
  const name = ordering?.replace(/^-/, '') ?? 'id';
  const descending = ordering?.startsWith('-') ?? false;
  if (name === 'id') return descending ? rows.reverse() : rows;
  const key = Object.hasOwn(orderings, name) ? orderings[name] : undefined;
  if (!key) return rows;
  const direction = descending ? -1 : 1;
  return rows.sort((a, b) => direction * compare(key(a), key(b)));
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
