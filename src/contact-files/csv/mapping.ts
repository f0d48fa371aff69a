import { z } from 'zod';
import { FileProblem } from '#contact-files/file-problem.ts';
import { rawTexts } from '#contact-files/raw-contact.ts';
import { extraName, isExtraField, toExtraField } from '#domain/contact.ts';
import type { Column, ColumnTarget, Layout } from './columns.ts';

const targets = [
  ...rawTexts,
  ...(['email', 'phone', 'street', 'city', 'region', 'postalCode', 'country', 'wholeAddress'] as const),
  ...(['tags', 'doNotContact'] as const),
] as const satisfies readonly ColumnTarget[];

const extra = z.templateLiteral(['extras.', z.string().regex(extraName)]);
const field = z.union([z.enum(targets), extra]);

const fieldNames = `${targets.join(', ')}, and \`extras.<name>\` for the \`extras\` of accord.yaml`;

function isFieldWrong(column: unknown): boolean {
  const name = typeof column === 'object' && column !== null && 'field' in column ? column.field : column;
  return !field.safeParse(name).success;
}

const columnForms = [
  field.transform((name) => ({ field: name, label: null, separator: null })),
  z.strictObject({
    field,
    label: z.string().max(100).nullable().default(null).describe('The label of the email, number or address, such as Work.'),
    separator: z
      .string()
      .min(1)
      .max(10)
      .nullable()
      .default(null)
      .describe('The separator of several values in one cell. Default for tags: a comma.'),
  }),
] as const;

const column = z.union(columnForms, {
  error: ({ input }) => (isFieldWrong(input) ? `names no field. Fields: ${fieldNames}.` : undefined),
});

/** The meaning of a CSV file's columns. */
export const mappingSchema = z
  .strictObject({
    columns: z
      .record(z.string().max(500), column)
      .refine((columns) => Object.keys(columns).length > 0, 'names no column')
      .describe(
        `The field of each column, by its name in the file. Columns that are not named are left out. Fields: ${fieldNames}.`,
      ),
    dates: z.enum(['month-first', 'day-first']).default('month-first').describe('How dates such as 03/04/1985 are written.'),
    region: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be a country code such as US')
      .nullable()
      .default(null)
      .describe('The country of numbers without a country code. Default: the country of the accounts.'),
    tags: z.array(z.string().regex(/\S/).max(200)).max(50).default([]).describe('Tags for every contact of the file.'),
    source: z.string().regex(/\S/).max(200).nullable().default(null).describe('The source of contacts that have none.'),
  })
  .meta({ id: 'ImportMapping', description: 'The fields of the columns of a CSV file, and how to read their values.' });

export type Mapping = z.output<typeof mappingSchema>;

/** Throws a `FileProblem` for an extra that accord.yaml does not name. */
export function assertExtras({ columns }: Mapping, extras: readonly string[]): void {
  const names = new Set<string>(extras.map(toExtraField));
  const unknown = Object.values(columns).flatMap(({ field }) => (isExtraField(field) && !names.has(field) ? field : []));
  if (unknown.length === 0) return;
  const known = names.size === 0 ? 'it names none' : `it names ${list([...names])}`;
  throw new FileProblem(
    `accord.yaml has no ${list(unknown)}, which the mapping names: ${known}. Add it there under extras, or correct the mapping.`,
  );
}

/** Throws a `FileProblem` for a column that the file does not have. */
export function applyMapping({ columns }: Mapping, header: readonly string[]): Layout {
  const find = (name: string) => {
    const exact = header.indexOf(name);
    return exact >= 0 ? exact : header.findIndex((each) => each.toLowerCase() === name.trim().toLowerCase());
  };
  const missing = Object.keys(columns).filter((name) => find(name) < 0);
  if (missing.length > 0) {
    throw new FileProblem(
      `The file has no column ${list(missing)}, which the mapping names. Correct the mapping; the columns of the file are ${list(header)}.`,
    );
  }
  const found = Object.entries(columns).map(([name, { field: target, label, separator }]): Column => {
    const isItem = target === 'email' || target === 'phone';
    // The columns of an address with one label are one address.
    const group = isItem ? name : (label ?? '');
    return { at: find(name), name, target, group, label, ...(separator !== null && { separator }) };
  });
  return { format: 'mapping', columns: found };
}

const maxNames = 30;

/** The names, quoted, in the order of the file. */
export function list(names: readonly string[]): string {
  const shown = names.slice(0, maxNames).map((name) => `“${name}”`);
  return names.length > maxNames ? `${shown.join(', ')} and ${names.length - maxNames} more` : shown.join(', ');
}
