import { z } from 'zod';

/** How lists about webhooks are paged. */
export const pageQuery = {
  cursor: z.uuid().optional().meta({ description: '`next` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

export function pageOf<Item extends z.ZodType>(item: Item) {
  const next = z.string().nullable().meta({ description: 'Where the next page begins; null after the last.' });
  return z.object({ data: z.array(item), next });
}

/** Of rows of which one more was asked for than the page has: it says whether there is another page. */
export function toPage<Row extends { id: string }, Item>(rows: Row[], limit: number, toItem: (row: Row) => Item) {
  const shown = rows.slice(0, limit);
  return { data: shown.map(toItem), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

export const idParameter = z.object({ id: z.uuid() });

/** A time that somebody looks for. The database knows fewer years and smaller offsets than ISO 8601 does: it gets UTC. */
export const timeFilter = z.iso
  .datetime({ offset: true, abort: true })
  .refine(hasKnownYear, 'The year is out of range.')
  .transform((text) => new Date(text).toISOString());

function hasKnownYear(text: string): boolean {
  const year = new Date(text).getUTCFullYear();
  return year >= 1 && year <= 9999;
}

/** ISO 8601 or null. */
export const timeOf = (date: Date | null): string | null => date?.toISOString() ?? null;
