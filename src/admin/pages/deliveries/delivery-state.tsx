import type { Schemas } from '#admin/rest/client.ts';
import { type Mood, StateBadge } from '#admin/ui/state-badge.tsx';

type State = Schemas['WebhookDelivery']['state'];

const looks: Record<State, { mood: Mood; label: string }> = {
  pending: { mood: 'waiting', label: 'waiting' },
  delivered: { mood: 'good', label: 'delivered' },
  dead: { mood: 'bad', label: 'dead letter' },
  cancelled: { mood: 'off', label: 'cancelled' },
  discarded: { mood: 'off', label: 'discarded' },
};

export const deliveryStates = Object.entries(looks).map(([value, { label }]) => ({ value, label }));

/** A filter of an address may be anything. */
export const isDeliveryState = (text: string | undefined): text is State => Object.hasOwn(looks, text ?? '');

export function DeliveryState({ state }: { state: State }) {
  const { mood, label } = looks[state];
  return <StateBadge mood={mood}>{label}</StateBadge>;
}
