import type { SandboxContext } from '#sandbox/core/sandbox.ts';
import type { SquareSettings } from '#sandbox/square/settings.ts';
import type { WebhookEvent } from './payload.ts';

/** Square docs (Events API): older events cannot be found. */
const archiveMs = 28 * 86_400_000;

export interface EventArchive {
  /** Only events that happen while it is on can be found later. Off at the start. */
  enable(on: boolean): void;
  add(event: WebhookEvent): void;
  /** The oldest first. */
  all(): WebhookEvent[];
}

/** Square docs (Events API): lets clients fetch events that they missed. */
export function createEventArchive({ store, clock }: SandboxContext<SquareSettings>): EventArchive {
  const events = store.collection<WebhookEvent>('events');
  const switches = store.collection<boolean>('event-archive');
  return {
    enable: (on) => switches.put('on', on),
    add(event) {
      if (switches.get('on')) events.put(event.event_id, event);
    },
    all: () => [...events.values()].filter(({ created_at }) => clock.now() - Date.parse(created_at) < archiveMs),
  };
}
