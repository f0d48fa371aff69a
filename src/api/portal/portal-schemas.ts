import { z } from 'zod';
import { delivery } from '#api/delivery/delivery-schemas.ts';
import { endpoint } from '#api/delivery/endpoint-schemas.ts';

/** An endpoint as its subscriber sees it. */
export const portalEndpoint = endpoint
  .pick({
    ...{ id: true, url: true, description: true, events: true, is_active: true, disabled_reason: true, breaker: true },
    ...{ breaker_until: true, failing_since: true, last_success_at: true, last_failure_at: true, last_error: true },
  })
  .meta({ id: 'PortalEndpoint' });

/** A delivery as the subscriber sees it: without the operators' notes. */
export const portalDelivery = delivery.omit({ note: true }).meta({ id: 'PortalDelivery' });

const time = z.iso.datetime();

/** A link to some endpoints. */
export const portalLink = z
  .object({
    id: z.string(),
    endpoint_ids: z.array(z.string()),
    created_by: z.string(),
    created_at: time,
    expires_at: time,
    last_used_at: time.nullable().meta({ description: 'To the minute.' }),
  })
  .meta({ id: 'PortalLink' });
