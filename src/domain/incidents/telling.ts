/** Ways in which people are told. `events`: operational events for endpoints. */
export const channels = ['events', 'email', 'slack'] as const;
export type Channel = (typeof channels)[number];

/** The last that was told, by channel. `at`: ISO 8601. */
export type Told = Partial<Record<Channel, { state: 'open' | 'over'; at: string }>>;

/** The parts of a stored incident that decide whether somebody must be told. */
export interface Tellable {
  settleMinutes: number;
  /** When it was first seen since it was last over. */
  seenAt: Date;
  /** Null while it lasts. */
  overAt: Date | null;
  told: Told;
}

/**
 * What must be told now of an incident: that it is `open`, or `over`; null for nothing. One cause is told of at most once within the
 * interval, so that an account that comes and goes makes no flood: then the last state is told when the interval is over.
 */
export function findTelling(
  { settleMinutes, seenAt, overAt, told }: Tellable,
  { channel, now, intervalMinutes }: { channel: Channel; now: Date; intervalMinutes: number },
): 'open' | 'over' | null {
  const last = told[channel];
  const state = overAt !== null && overAt <= now ? 'over' : 'open';
  if (state === (last?.state ?? 'over')) return null;
  const isPast = (since: Date, minutes: number) => now.getTime() - since.getTime() >= minutes * 60_000;
  if (state === 'open' && !isPast(seenAt, settleMinutes)) return null;
  return last === undefined || isPast(new Date(last.at), intervalMinutes) ? state : null;
}
