import { ApiProblem } from '#api/rest/errors.ts';
import { findUnstorable, isStorableYear } from '#api/rest/storable.ts';
import type { WebhookEvent } from '#providers/provider.ts';

/**
 * Throws 400 for an event with an id, a type or a time that PostgreSQL cannot store. It would fail each time that the vendor sends it.
 * The body is no part of it: it is stored as the text that arrived.
 */
export function requireStorable(events: readonly WebhookEvent[]): void {
  if (findUnstorable(events) !== null) throw malformed('The event has an id or a type with a character that cannot be stored.');
  const isOutOfRange = ({ occurredAt }: WebhookEvent) => occurredAt !== null && !isStorableYear(occurredAt);
  if (events.some(isOutOfRange)) throw malformed('The time of the event is out of range.');
}

const malformed = (detail: string) => new ApiProblem({ status: 400, code: 'malformed-body', detail });
