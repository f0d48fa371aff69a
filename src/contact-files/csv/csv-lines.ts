import { stringify } from 'csv-stringify/sync';
import { escapeFormula } from './formula.ts';

/** Lines of a CSV file (RFC 4180). Text that a spreadsheet would evaluate begins with an apostrophe: see `escapeFormula`. */
export function toCsvLines(rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = rows.map((row) => row.map((value) => (typeof value === 'string' ? escapeFormula(value) : value)));
  // csv-stringify quotes the whole record delimiter only, and readers take a single line feed for the end of a line.
  return stringify(cells, { record_delimiter: '\r\n', quoted_match: /[\r\n]/ });
}
