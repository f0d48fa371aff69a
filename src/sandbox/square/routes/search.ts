import { Router } from 'express';
import { z } from 'zod';
import { parseBody } from '#sandbox/square/parse-body.ts';
import { readCursor, writeCursor } from '#sandbox/square/search/cursor.ts';
import type { Search } from '#sandbox/square/search/customer-index.ts';
import { filterSchema } from '#sandbox/square/search/filters.ts';
import { exactOf, toPredicate } from '#sandbox/square/search/to-predicate.ts';
import type { Vendor } from '#sandbox/square/vendor.ts';

const field = z.enum(['DEFAULT', 'CREATED_AT']).default('DEFAULT');
const order = z.enum(['ASC', 'DESC']).default('ASC');
const cursor = z.string().optional();

const searchBody = z.object({
  cursor,
  limit: z.int().min(1).max(100).default(100),
  count: z.boolean().default(false),
  query: z.object({ filter: filterSchema.prefault({}), sort: z.object({ field, order }).prefault({}) }).prefault({}),
});

const listQuery = z.object({
  cursor,
  limit: z.coerce.number().int().min(1).max(100).default(100),
  sort_field: field,
  sort_order: order,
  count: z.enum(['true', 'false']).default('false'),
});

type SearchRequest = z.output<typeof searchBody>;

/** Square docs: SearchCustomers and ListCustomers, which is a search without filter. */
export function searchRoutes(vendor: Vendor): Router {
  const { gate } = vendor;
  const router = Router();
  router.post('/search', gate({ needs: 'CUSTOMERS_READ', body: searchBody, handle: ({ body }) => search(vendor, body) }));
  router.get(
    '/',
    gate({
      needs: 'CUSTOMERS_READ',
      handle({ request }) {
        const { cursor, limit, sort_field, sort_order, count } = parseBody(listQuery, request.query);
        const query = { filter: {}, sort: { field: sort_field, order: sort_order } };
        return search(vendor, { cursor: cursor || undefined, limit, count: count === 'true', query });
      },
    }),
  );
  return router;
}

function search({ index, clock, groups, settings }: Vendor, { cursor, limit, count, query }: SearchRequest): object {
  const { sellerCountry, maxPageSize, cursorLifeMs } = settings();
  const wanted: Search = {
    ...query.sort,
    limit: Math.min(limit, maxPageSize),
    after: cursor ? readCursor(cursor, query, { clock, lifeMs: cursorLifeMs }) : null,
    matches: toPredicate(query.filter, { sellerCountry, groupExists: groups.exists }),
    exact: exactOf(query.filter, sellerCountry),
  };
  const { customers, last } = index.search(wanted);
  return {
    ...(customers.length > 0 && { customers }),
    ...(last && { cursor: writeCursor(last, query, clock) }),
    ...(count && { count: index.count(wanted) }),
  };
}
