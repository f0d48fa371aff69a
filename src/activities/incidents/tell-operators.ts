import type { ActivityDeps, IncidentDeps } from '#activities/deps.ts';
import { listIncidents, markTold, type StoredIncident } from '#db/incidents/incidents.ts';
import { toMessage } from '#domain/incidents/message.ts';
import { findTelling } from '#domain/incidents/telling.ts';

/** Channels with a sender; subscribers are told by the outbox. */
export const directChannels = ['email', 'slack'] as const;
export type DirectChannel = (typeof directChannels)[number];

/** Sends one message about everything that began or ended. A worker that dies before it stores that, sends it again. */
export async function tellOperators(
  { db, now }: Pick<ActivityDeps, 'db' | 'now'>,
  { senders, intervalMinutes, workspace, link }: IncidentDeps,
  { channel }: { channel: DirectChannel },
): Promise<{ told: number }> {
  const send = senders[channel];
  if (!send) return { told: 0 };
  const at = now();
  const untold = listUntold(await listIncidents(db), { channel, now: at, intervalMinutes });
  if (untold.length === 0) return { told: 0 };
  const of = (state: Untold['state']) => untold.filter((each) => each.state === state);
  const message = toMessage({ problems: of('open'), over: of('over') }, { workspace, link });
  await send(message, untold.map(({ cause, state, seenAt }) => `${cause} ${state} ${seenAt.toISOString()}`).join('\n'));
  await markTold(db, untold, { channel, at });
  return { told: untold.length };
}

type Untold = StoredIncident & { state: 'open' | 'over' };

/** The incidents that must be told of by a channel now. */
export function listUntold(
  incidents: readonly StoredIncident[],
  at: { channel: DirectChannel; now: Date; intervalMinutes: number },
): Untold[] {
  return incidents.flatMap((incident) => {
    const state = findTelling(incident, at);
    return state === null ? [] : [{ ...incident, state }];
  });
}
