import { type IncidentType, incidentTypes } from '#domain/incidents/incident.ts';
import type { ListingDoubt } from '#domain/sync/listing-doubt.ts';

/** Reports about an endpoint, a delivery or an account, for its operators: ids and plain text, no data of a lead. */
export const operationalEventTypes = [
  'endpoint.failing',
  'endpoint.disable_warning',
  'endpoint.disabled',
  'endpoint.recovered',
  'delivery.exhausted',
  'deletes.stopped',
  ...incidentTypes,
  'sync.recovered',
] as const;

export type OperationalEventType = (typeof operationalEventTypes)[number];

/** `endpointId`: the endpoint that the event is about; null where it is about an account. */
export type OperationalEvent = { at: Date } & (
  | ({ endpointId: string } & EndpointEvent)
  | { endpointId: null; type: 'deletes.stopped'; account: string; reason: StopReason; lost: number; linked: number }
  | ({ endpointId: null; fix: string; records: number | null; type: IncidentType } & AboutIncident)
  | ({ endpointId: null; type: 'sync.recovered'; incident: IncidentType } & AboutIncident)
);

interface AboutIncident {
  account: string;
  /** The class of the error, or what is silent; null where the type says all. */
  reason: string | null;
  /** When it began. */
  since: Date;
  says: string;
}

/** Why deletions at an account are not followed by themselves: a doubtful listing, or more deletions within an hour than usual. */
export type StopReason = ListingDoubt | 'many';

type EndpointEvent =
  | { type: 'endpoint.failing'; errorClass: string | null }
  | { type: 'endpoint.disable_warning'; percent: number }
  | { type: 'endpoint.disabled'; reason: 'failing' | 'gone' }
  | { type: 'endpoint.recovered' }
  | { type: 'delivery.exhausted'; deliveryId: string; reason: string };

/** The JSON body of the event, under this id. */
export function operationalEventText(id: string, event: OperationalEvent): string {
  const { type, endpointId, at } = event;
  const data = { ...(endpointId !== null && { endpoint_id: endpointId }), ...details(event) };
  return JSON.stringify({ id, event: type, type, timestamp: at.toISOString(), data });
}

function details(event: OperationalEvent): object {
  switch (event.type) {
    case 'endpoint.failing':
      return {
        error_class: event.errorClass,
        message: 'The endpoint keeps failing. Deliveries are held, and one at a time tests whether it is back.',
      };
    case 'endpoint.disable_warning':
      return {
        percent: event.percent,
        message: `No attempt succeeds: ${event.percent} % of the time is over after which the endpoint is disabled.`,
      };
    case 'endpoint.disabled':
      return { reason: event.reason, message: `${disabledBecause[event.reason]} Enable it once it is back.` };
    case 'endpoint.recovered':
      return { message: 'The endpoint responds again. Its dead letters of this outage are redriven, oldest first.' };
    case 'deletes.stopped': {
      const { account, reason, lost, linked } = event;
      return { account, reason, lost, linked, message: stoppedBecause[reason] };
    }
    case 'sync.recovered': {
      const { account, incident, reason, since, says } = event;
      return { account, incident, reason, since: since.toISOString(), message: `Over: ${says}` };
    }
    case 'sync.parked':
    case 'provider.credentials_failed':
    case 'provider.silent':
    case 'drift.high': {
      const { account, reason, records, since, says, fix } = event;
      return { account, reason, records, since: since.toISOString(), message: says, fix };
    }
    case 'delivery.exhausted':
      return { delivery_id: event.deliveryId, reason: event.reason, message: 'The delivery failed and became a dead letter.' };
  }
}

const stoppedBecause = {
  empty: 'The full pass found no record at all in the account. No deletion was followed, and everything else was.',
  incomplete: 'The full pass found fewer records than the vendor counts. No deletion was followed, and everything else was.',
  loss: 'The full pass missed more than 2 % of the records. No deletion was followed, and everything else was.',
  many: 'More records than usual were deleted within an hour. A person decides about the others.',
};

const disabledBecause = {
  failing: 'The endpoint was disabled after days without a successful attempt.',
  gone: 'The endpoint was disabled because it asked to get nothing more.',
};
