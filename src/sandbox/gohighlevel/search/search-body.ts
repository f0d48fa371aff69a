import { z } from 'zod';
import { sortFields } from './fields.ts';
import { filterSchema } from './filters.ts';

/** HighLevel docs ("Contacts Search API"): up to 20 pages of 500. Only `searchAfter` goes beyond 10,000 contacts. */
const maxContactsByPage = 10_000;

export const searchBody = z
  .strictObject({
    locationId: z.string(),
    pageLimit: z.number().int().min(1).max(500),
    page: z.number().int().min(1).optional(),
    searchAfter: z
      .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .min(1)
      .optional(),
    filters: z.array(filterSchema).optional(),
    sort: z
      .array(z.strictObject({ field: z.enum(sortFields), direction: z.enum(['asc', 'desc']) }))
      .max(2)
      .optional(),
    query: z.string().max(75).optional(),
  })
  .refine(
    ({ page, searchAfter }) => page === undefined || searchAfter === undefined,
    'page and searchAfter cannot be sent together',
  )
  .refine(({ page = 1, pageLimit }) => page * pageLimit <= maxContactsByPage, 'page * pageLimit must not exceed 10000');

export type SearchBody = z.output<typeof searchBody>;
