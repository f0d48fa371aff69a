import { Router } from 'express';
import { z } from 'zod';
import type { Vendor } from '#sandbox/square/vendor.ts';

const groupBody = z.object({ idempotency_key: z.string().optional(), group: z.object({ name: z.string().min(1) }) });

/** Square docs (Customer Groups API; customer webhooks): a membership is part of the profile, so its change is an update. */
export function groupRoutes(vendor: Vendor): Router {
  const { gate, groups, idempotency, book, writer } = vendor;
  const router = Router();
  router.get(
    '/groups',
    gate({
      needs: 'CUSTOMERS_READ',
      handle: () => (groups.all().length > 0 ? { groups: groups.all() } : {}),
    }),
  );
  router.get(
    '/groups/:group',
    gate({ needs: 'CUSTOMERS_READ', handle: ({ request }) => ({ group: groups.get(String(request.params.group)) }) }),
  );
  router.post(
    '/groups',
    gate({
      needs: 'CUSTOMERS_WRITE',
      body: groupBody,
      handle: ({ body: { idempotency_key: key, group } }) =>
        idempotency.once(key, group, () => ({ group: groups.create(group.name) })),
    }),
  );
  for (const [method, isMember] of [
    ['put', true],
    ['delete', false],
  ] as const) {
    router[method](
      '/:id/groups/:group',
      gate({
        needs: 'CUSTOMERS_WRITE',
        handle({ request }) {
          const customer = book.getLiving(String(request.params.id));
          const { id } = groups.get(String(request.params.group));
          const others = (customer.group_ids ?? []).filter((each) => each !== id);
          writer.update(customer, { group_ids: isMember ? [...others, id] : others });
          return {};
        },
      }),
    );
  }
  return router;
}
