import { Router } from 'express';
import { z } from 'zod';
import { invalidRequest } from '#sandbox/square/api-error.ts';
import { checkVersion } from '#sandbox/square/customers/check-version.ts';
import { identifies } from '#sandbox/square/customers/customer.ts';
import { createBody, updateBody } from '#sandbox/square/customers/customer-body.ts';
import { toChanges } from '#sandbox/square/customers/to-changes.ts';
import { parseBody } from '#sandbox/square/parse-body.ts';
import type { Vendor } from '#sandbox/square/vendor.ts';

const deleteQuery = z.object({ version: z.coerce.number().int().optional() });

/** One customer per request. Square docs: Customers API. */
export function customerRoutes(vendor: Vendor): Router {
  const { gate, book } = vendor;
  const router = Router();
  router.post('/', gate({ needs: 'CUSTOMERS_WRITE', body: createBody, handle: ({ body }) => createCustomer(vendor, body) }));
  router.get(
    '/:id',
    gate({ needs: 'CUSTOMERS_READ', handle: ({ request }) => ({ customer: book.getFollowing(String(request.params.id)) }) }),
  );
  router.put(
    '/:id',
    gate({
      needs: 'CUSTOMERS_WRITE',
      body: updateBody,
      handle: ({ request, body, squareVersion }) => updateCustomer(vendor, String(request.params.id), body, squareVersion),
    }),
  );
  router.delete(
    '/:id',
    gate({
      needs: 'CUSTOMERS_WRITE',
      handle: ({ request }) => {
        const { version } = parseBody(deleteQuery, request.query);
        return deleteCustomer(vendor, String(request.params.id), version);
      },
    }),
  );
  return router;
}

type CreateBody = z.output<typeof createBody>;
type UpdateBody = z.output<typeof updateBody>;

/** Also used by the bulk routes. Throws ApiError, as do the other two. */
export function createCustomer({ idempotency, settings, writer }: Vendor, { idempotency_key, ...fields }: CreateBody): object {
  const changes = toChanges(fields, settings());
  if (!identifies(changes)) {
    throw invalidRequest(
      'BAD_REQUEST',
      'At least one of given_name, family_name, company_name, email_address, phone_number is needed.',
    );
  }
  return idempotency.once(idempotency_key, fields, () => ({ customer: writer.create(changes) }));
}

/** Square docs (release notes 2021-10-20): an update without fields is refused since then. */
const refusesEmptyUpdatesSince = '2021-10-20';

/** Sparse update. Checks `version` if the body has it. */
export function updateCustomer({ book, settings, writer }: Vendor, id: string, body: UpdateBody, squareVersion: string): object {
  const customer = book.getLiving(id);
  if (Object.keys(body).length === 0) {
    if (squareVersion >= refusesEmptyUpdatesSince) throw invalidRequest('BAD_REQUEST', 'The update has no fields.');
    return { customer };
  }
  const { version, ...fields } = body;
  const changes = toChanges(fields, settings());
  checkVersion(customer, version, settings());
  return { customer: writer.update(customer, changes) };
}

/** Deletes a customer. Checks `version` if given. */
export function deleteCustomer({ book, settings, writer }: Vendor, id: string, version?: number): object {
  const customer = book.getLiving(id);
  checkVersion(customer, version, settings());
  writer.remove(customer);
  return {};
}
