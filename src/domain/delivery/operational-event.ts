/** What happened to an endpoint or a delivery, for whoever operates it: ids and plain words, nothing of a lead. */
export const operationalEventTypes = [
  'endpoint.failing',
  'endpoint.disable_warning',
  'endpoint.disabled',
  'endpoint.recovered',
  'delivery.exhausted',
] as const;

export type OperationalEventType = (typeof operationalEventTypes)[number];

export type OperationalEvent = { endpointId: string; at: Date } & (
  | { type: 'endpoint.failing'; errorClass: string | null }
  | { type: 'endpoint.disable_warning'; percent: number }
  | { type: 'endpoint.disabled'; reason: 'failing' | 'gone' }
  | { type: 'endpoint.recovered' }
  | { type: 'delivery.exhausted'; deliveryId: string; reason: string }
);

/** The event as it is sent, under this id. */
export function operationalEventText(id: string, event: OperationalEvent): string {
  const { type, endpointId, at } = event;
  const data = { endpoint_id: endpointId, ...details(event) };
  return JSON.stringify({ id, event: type, type, timestamp: at.toISOString(), data });
}

function details(event: OperationalEvent): object {
  switch (event.type) {
    case 'endpoint.failing':
      return {
        error_class: event.errorClass,
        message: 'It keeps failing: deliveries are held, and one at a time finds out whether it is back.',
      };
    case 'endpoint.disable_warning':
      return { percent: event.percent, message: `It is ${event.percent} % of the way to being disabled: no attempt succeeds.` };
    case 'endpoint.disabled':
      return { reason: event.reason, message: `${disabledBecause[event.reason]} Enable it once it is back.` };
    case 'endpoint.recovered':
      return { message: 'It answers again. What died meanwhile is sent again, the oldest first.' };
    case 'delivery.exhausted':
      return { delivery_id: event.deliveryId, reason: event.reason, message: 'A delivery was given up: it is a dead letter.' };
  }
}

const disabledBecause = {
  failing: 'It was disabled after days of only failures.',
  gone: 'It was disabled, for it answered that it wants nothing more.',
};
