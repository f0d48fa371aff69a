import { Router } from 'express';
import { z } from 'zod';
import { notFound } from '#sandbox/square/api-error.ts';
import { eventTypes } from '#sandbox/square/settings.ts';
import type { Vendor } from '#sandbox/square/vendor.ts';

const createBody = z.object({
  idempotency_key: z.string().max(45).nullish(),
  subscription: z.object({
    name: z.string().min(1).max(64),
    enabled: z.boolean().default(true),
    event_types: z.array(z.enum(eventTypes)).min(1),
    notification_url: z.url({ protocol: /^https?$/ }),
    api_version: z.string().nullish(),
  }),
});

/**
 * Square docs (Webhook Subscriptions API): owned by the application, so that OAuth tokens are refused. The real API takes https URLs only;
 * this one takes http as well, for servers on this machine.
 */
export function webhookSubscriptionRoutes({ gate, subscriptions }: Vendor): Router {
  const router = Router();
  router.get(
    '/',
    gate({
      needs: 'personal',
      handle({ request }) {
        const all = subscriptions.all().filter(({ enabled }) => enabled || request.query.include_disabled === 'true');
        return all.length > 0 ? { subscriptions: all } : {};
      },
    }),
  );
  router.post(
    '/',
    gate({
      needs: 'personal',
      body: createBody,
      handle: ({ body: { subscription, idempotency_key: key } }) => ({
        subscription: subscriptions.create(subscription, key ?? null),
      }),
    }),
  );
  router.delete(
    '/:id',
    gate({
      needs: 'personal',
      handle({ request }) {
        if (!subscriptions.remove(String(request.params.id))) throw notFound('Webhook subscription not found.');
        return {};
      },
    }),
  );
  return router;
}
