import { z } from 'zod';
import { isStorableYear } from './storable.ts';

/** Query parameters of paged lists. */
export const pageQuery = {
  cursor: z.uuid().optional().meta({ description: '`next` of the previous page.' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

/** Schema of the cursor of a page. */
export const nextCursor = z.string().nullable().meta({ description: 'Cursor of the next page; null on the last page.' });

/** Schema of one page: `data`, and `next` as the cursor of the page that follows. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), next: nextCursor });
}

/** One page of `rows`, which were queried with `limit + 1`: the extra row says that another page follows. */
export function toPage<Row extends { id: string }, Item>(rows: Row[], limit: number, toItem: (row: Row) => Item) {
  const shown = rows.slice(0, limit);
  return { data: shown.map(toItem), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

export const idParameter = z.object({ id: z.uuid() });

/** A time as a query parameter, converted to UTC: PostgreSQL accepts smaller offsets than ISO 8601. */
export const timeFilter = z.iso
  .datetime({ offset: true, abort: true })
  .refine((text) => isStorableYear(new Date(text)), 'The year is out of range.')
  .transform((text) => new Date(text).toISOString());

/** ISO 8601 in UTC, or null. */
export const timeOf = (date: Date | null): string | null => date?.toISOString() ?? null;
