import type { Schemas } from '#admin/rest/client.ts';
import { type Mood, StateBadge } from '#admin/ui/state-badge.tsx';

/** As the subscriber sees it. */
type Webhook = Schemas['PortalEndpoint'];

/** The health of an endpoint in one word, and why. */
export function endpointState(endpoint: Webhook): { mood: Mood; label: string; why: string } {
  const { is_active, disabled_reason, breaker, failing_since, last_success_at, last_error } = endpoint;
  if (!is_active) return { mood: 'off', label: 'off', why: disabledBecause[disabled_reason ?? 'operator'] };
  if (breaker === 'open')
    return {
      mood: 'bad',
      label: 'not reached',
      why: `It failed too often, so deliveries wait. Last: ${last_error ?? 'an error'}`,
    };
  if (breaker === 'half-open')
    return { mood: 'waiting', label: 'tried again', why: 'One delivery is sent to see whether it works.' };
  if (failing_since) return { mood: 'warning', label: 'failing', why: `Last: ${last_error ?? 'an error'}` };
  if (last_success_at) return { mood: 'good', label: 'works', why: 'The last delivery arrived.' };
  return { mood: 'waiting', label: 'not used yet', why: 'Nothing was sent to it yet. Send a test event.' };
}

const disabledBecause = {
  gone: 'The receiver answered 410: it does not want events any more.',
  failing: 'No delivery has arrived for days.',
  operator: 'A person switched it off.',
};

export function EndpointState({ endpoint }: { endpoint: Webhook }) {
  const { mood, label, why } = endpointState(endpoint);
  return (
    <StateBadge mood={mood} title={why}>
      {label}
    </StateBadge>
  );
}
