import type { StoreActivities } from '#activities/interfaces.ts';
import { describedActivities } from '#workflows/described-activities.ts';

const activities = describedActivities<Pick<StoreActivities, 'watchIncidents' | 'tellOperators'>>(
  // The schedule starts the next run within a minute or two, so that a few attempts are enough.
  { startToCloseTimeout: '1 minute', retry: { initialInterval: '5 seconds', maximumAttempts: 3 } },
  {
    watchIncidents: 'Look for parked contacts, refused credentials, silent accounts and drift',
    tellOperators: 'Send one message about what began and what is over',
  },
);

/** Looks for problems, and tells operators of them. A channel that fails does not stop the other one, and is tried again by the next run. */
export async function watchIncidents(): Promise<void> {
  const { channels } = await activities.watchIncidents();
  const told = await Promise.allSettled(channels.map((channel) => activities.tellOperators({ channel })));
  for (const outcome of told) if (outcome.status === 'rejected') throw outcome.reason;
}
