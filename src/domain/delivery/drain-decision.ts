/**
 * A drain sends one endpoint the deliveries that are due to it. At any time it is in one of these modes: the first whose condition holds.
 *
 * | mode       | condition                                                                      | next step                     |
 * |------------|--------------------------------------------------------------------------------|-------------------------------|
 * | stopping   | told to stop, lease lost, an attempt could not be stored, or stayed `maxStayMs` | finish                        |
 * | full       | the endpoint has as many attempts in flight as it may                           | wait for one to end           |
 * | stale      | the queue is older than `maxQueueAgeMs`: deliveries in it may be cancelled      | read                          |
 * | sending    | a delivery is queued, and the rate limit allows the next start                  | start                         |
 * | announced  | a delivery became due, or the endpoint changed                                  | read                          |
 * | refilling  | the queue is empty, and the last read reached its limit                         | read                          |
 * | polling    | the last read is `pollMs` old: announcements can be lost                        | read                          |
 * | paced      | a delivery is queued, and the rate limit holds it back                          | wait for its start            |
 * | failing    | the last read failed                                                            | wait until polling            |
 * | closed     | nothing may be sent: endpoint disabled or deleted, or its breaker open          | wait for attempts, or finish  |
 * | recovering | the endpoint is back, and gets the deliveries that it missed in portions        | redrive, or wait for its time |
 * | busy       | attempts are in flight                                                          | wait for one to end           |
 * | lingering  | nothing to do for less than `lingerMs`                                          | wait                          |
 * | idle       | nothing to do for `lingerMs`                                                    | finish                        |
 *
 * An announcement, the end of an attempt and a stop request end every wait. A full drain reads nothing: a receiver that hangs or is
 * slow costs no queries.
 */
export function decideDrainStep(state: DrainState, now: number): DrainStep {
  const { isStopping, isAnnounced, isReadFailing, hasMoreDue, queued, inFlight, maxInFlight, nextRedriveAt } = state;
  if (isStopping || now - state.startedAt >= state.maxStayMs) return finish;

  const isClosed = maxInFlight === 0;
  if (!isClosed && inFlight >= maxInFlight) return wait(state.pollMs);

  const startInMs = Math.max(0, state.nextStartAt - now);
  const canStart = queued > 0 && !isClosed;
  if (canStart && now - state.lastReadAt > maxQueueAgeMs) return read;
  if (canStart && startInMs === 0) return start;

  const pollInMs = Math.max(0, state.lastReadAt + state.pollMs - now);
  if (isAnnounced || pollInMs === 0 || (hasMoreDue && queued === 0 && !isReadFailing)) return read;
  if (canStart) return wait(Math.min(startInMs, pollInMs));
  if (isReadFailing) return wait(pollInMs);
  if (isClosed) return inFlight > 0 ? wait(pollInMs) : finish;

  if (nextRedriveAt !== null) return nextRedriveAt <= now ? redrive : wait(Math.min(nextRedriveAt - now, pollInMs));
  if (inFlight > 0) return wait(pollInMs);
  const lingerInMs = state.lastActiveAt + state.lingerMs - now;
  return lingerInMs > 0 ? wait(Math.min(lingerInMs, pollInMs)) : finish;
}

/** Times are milliseconds since 1970. */
export interface DrainState {
  /** Told to stop, the lease was lost, or an attempt could not be stored. */
  isStopping: boolean;
  startedAt: number;
  maxStayMs: number;
  /** When the last attempt ended; the start before the first one. */
  lastActiveAt: number;
  lingerMs: number;
  /** 0 before the first read. */
  lastReadAt: number;
  isReadFailing: boolean;
  /** How often to read without an announcement. */
  pollMs: number;
  /** Something became due, or the endpoint changed, since the last read. */
  isAnnounced: boolean;
  /** The last read reached its limit: more deliveries may be due. */
  hasMoreDue: boolean;
  /** Deliveries that were read and not started. */
  queued: number;
  /** Attempts under way. */
  inFlight: number;
  /** 0 while nothing may be sent. */
  maxInFlight: number;
  /** The next start that the rate limit allows; 0 without a rate limit. */
  nextStartAt: number;
  /** When the next portion of missed deliveries is due again; null when the endpoint missed none. */
  nextRedriveAt: number | null;
}

export type DrainStep =
  /** Read the deliveries that are due. */
  | { kind: 'read' }
  /** Start an attempt for the first delivery of the queue. */
  | { kind: 'start' }
  /** Make the next portion of missed deliveries due again. */
  | { kind: 'redrive' }
  | { kind: 'wait'; ms: number }
  | { kind: 'finish' };

/** A queued delivery may be cancelled meanwhile, so it is not sent later than this without being read again. */
export const maxQueueAgeMs = 1_000;

const finish: DrainStep = { kind: 'finish' };
const read: DrainStep = { kind: 'read' };
const start: DrainStep = { kind: 'start' };
const redrive: DrainStep = { kind: 'redrive' };
const wait = (ms: number): DrainStep => ({ kind: 'wait', ms });

/**
 * The earliest time of the start after one at `now`, so that starts are evenly spaced without bursts. `nextStartAt` is the last answer.
 */
export function spaceStarts(nextStartAt: number, perSecond: number, now: number): number {
  return Math.max(nextStartAt, now) + 1_000 / perSecond;
}
