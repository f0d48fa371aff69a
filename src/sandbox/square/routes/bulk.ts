import { Router } from 'express';
import { z } from 'zod';
import { ApiError } from '#sandbox/square/api-error.ts';
import { type createBody, customerFields, updateBody } from '#sandbox/square/customers/customer-body.ts';
import type { CustomerBook } from '#sandbox/square/customers/customer-book.ts';
import { parseBody, withCode } from '#sandbox/square/parse-body.ts';
import type { Vendor } from '#sandbox/square/vendor.ts';
import { createCustomer, deleteCustomer, updateCustomer } from './customers.ts';

const maxEntries = 100;
const mapBody = z.object({
  customers: z
    .record(z.string(), z.unknown())
    .refine((map) => Object.keys(map).length > 0, withCode('BAD_REQUEST', 'At least one customer is needed.'))
    .refine((map) => Object.keys(map).length <= maxEntries, withCode('TOO_MANY_MAP_ENTRIES', `At most ${maxEntries} customers.`)),
});
const idsBody = z.object({ customer_ids: z.array(z.string()).min(1).max(maxEntries) });

/** Square docs (bulk endpoints): 200 with one answer or error per entry, in no guaranteed order. */
export function bulkRoutes(vendor: Vendor): Router {
  const { gate, settings, book } = vendor;
  const router = Router();

  router.post(
    '/bulk-create',
    gate({
      needs: 'CUSTOMERS_WRITE',
      body: mapBody,
      handle: ({ body }) =>
        eachOf(body.customers, (key, fields) =>
          createCustomer(vendor, { ...parseBody(customerFields, fields), idempotency_key: key } satisfies z.output<
            typeof createBody
          >),
        ),
    }),
  );
  router.post(
    '/bulk-update',
    gate({
      needs: 'CUSTOMERS_WRITE',
      body: mapBody,
      handle: ({ body, squareVersion }) =>
        eachOf(body.customers, (id, fields) => updateCustomer(vendor, id, parseBody(updateBody, fields), squareVersion)),
    }),
  );
  router.post(
    '/bulk-retrieve',
    gate({
      needs: 'CUSTOMERS_READ',
      body: idsBody,
      handle({ body }) {
        const get: CustomerBook['getLiving'] = settings().bulkFollowsMerges ? book.getFollowing : book.getLiving;
        return eachOf(byId(body.customer_ids), (id) => ({ customer: get(id) }));
      },
    }),
  );
  router.post(
    '/bulk-delete',
    gate({
      needs: 'CUSTOMERS_WRITE',
      body: idsBody,
      handle: ({ body }) => eachOf(byId(body.customer_ids), (id) => deleteCustomer(vendor, id)),
    }),
  );
  return router;
}

const byId = (ids: string[]) => Object.fromEntries(ids.map((id) => [id, null]));

/** Answers in reverse order, so that no client relies on the order. */
function eachOf<T>(map: Record<string, T>, work: (key: string, value: T) => object): object {
  const answers = Object.entries(map).map(([key, value]) => [key, outcomeOf(() => work(key, value))] as const);
  return { responses: Object.fromEntries(answers.toReversed()) };
}

function outcomeOf(work: () => object): object {
  try {
    return work();
  } catch (error) {
    if (error instanceof ApiError) return { errors: error.errors };
    throw error;
  }
}
