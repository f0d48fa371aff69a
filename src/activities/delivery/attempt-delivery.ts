import type { AttemptRecord } from '#db/delivery/attempts.ts';
import type { DueDelivery } from '#db/delivery/deliveries.ts';
import type { LoadedEndpoint } from '#db/delivery/endpoints.ts';
import { messageHeaders } from '#delivery/message.ts';
import type { SendOutcome } from '#delivery/outcome.ts';
import { sendDelivery } from '#delivery/send.ts';
import { nextStep } from '#domain/delivery/next-step.ts';
import type { DeliveryDeps } from './delivery-deps.ts';

export interface AttemptResult {
  record: AttemptRecord;
  ok: boolean;
  /** The receiver asked to get nothing more. */
  disable: boolean;
  /** When the attempt ended, in milliseconds since 1970. */
  at: number;
}

/** Posts a delivery once. Whatever the receiver does is a result; throws only the reason of `signal`. */
export async function attemptDelivery(
  { guard }: Pick<DeliveryDeps, 'guard'>,
  { endpoint, delivery, signal }: { endpoint: LoadedEndpoint; delivery: DueDelivery; signal: AbortSignal },
): Promise<AttemptResult> {
  const number = delivery.attempts + 1;
  const startedAt = new Date();
  const { secrets, custom_headers: customHeaders } = endpoint;
  const { id: deliveryId, eventId, eventType, body } = delivery;
  const headers = messageHeaders({
    ...{ secrets, eventId, eventType, deliveryId, body, customHeaders },
    ...{ attempt: number, timestamp: startedAt },
  });
  const timeoutSeconds = endpoint.timeout_seconds;
  const { ok, disable, ...outcome } = await sendDelivery({ url: endpoint.url, body, headers, timeoutSeconds, guard, signal });
  const { permanent, retryAfterSeconds, durationMs, timings, ...logged } = outcome;
  const next = nextStep(
    { ok, disable, permanent, retryAfterSeconds },
    {
      attempt: number - delivery.attemptsBefore,
      maxRetries: maxRetriesOf(endpoint, delivery),
      schedule: endpoint.retry_schedule,
    },
  );
  const record: AttemptRecord = {
    ...{ ...logged, deliveryId, endpointId: endpoint.id, number, trigger: delivery.trigger, startedAt, next },
    ...{ durationMs: Math.round(durationMs), timings: withoutNulls(timings) },
  };
  return { record, ok, disable, at: Date.now() };
}

/** A person waits for the result of a test event, so its first attempt is the last. */
function maxRetriesOf({ max_retries }: LoadedEndpoint, { eventType }: DueDelivery): number {
  return eventType === 'webhook.test' ? 0 : max_retries;
}

function withoutNulls(timings: SendOutcome['timings']): AttemptRecord['timings'] {
  return Object.fromEntries(Object.entries(timings).filter(([, ms]) => ms !== null));
}
