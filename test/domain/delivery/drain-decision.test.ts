import { describe, expect, it } from '@jest/globals';
import { type DrainState, type DrainStep, decideDrainStep, maxQueueAgeMs, spaceStarts } from '#domain/delivery/drain-decision.ts';

const now = 1_000_000;

/** A drain that has just read an empty queue, ten seconds after its last attempt. */
const idle: DrainState = {
  ...{ isStopping: false, startedAt: now - 20_000, maxStayMs: 300_000 },
  ...{ lastActiveAt: now - 10_000, lingerMs: 15_000 },
  ...{ lastReadAt: now, isReadFailing: false, pollMs: 10_000 },
  ...{ isAnnounced: false, hasMoreDue: false, queued: 0, inFlight: 0, maxInFlight: 10, nextStartAt: 0, nextRedriveAt: null },
};

const read: DrainStep = { kind: 'read' };
const start: DrainStep = { kind: 'start' };
const redrive: DrainStep = { kind: 'redrive' };
const finish: DrainStep = { kind: 'finish' };
const wait = (ms: number): DrainStep => ({ kind: 'wait', ms });

const cases: [mode: string, state: Partial<DrainState>, step: DrainStep][] = [
  ['stopping: finishes with deliveries in the queue', { isStopping: true, queued: 5, isAnnounced: true }, finish],
  ['stopping: finishes after its maximum stay', { startedAt: now - 300_000, queued: 5 }, finish],

  ['full: waits for an attempt to end', { inFlight: 10, queued: 5 }, wait(10_000)],
  ['full: does not read an announcement', { inFlight: 10, isAnnounced: true, hasMoreDue: true }, wait(10_000)],
  ['full: does not refresh an old queue', { inFlight: 10, queued: 5, lastReadAt: now - 60_000 }, wait(10_000)],
  ['full: one test delivery while half-open', { maxInFlight: 1, inFlight: 1, queued: 5 }, wait(10_000)],

  ['stale: reads an old queue again', { queued: 5, lastReadAt: now - maxQueueAgeMs - 1 }, read],
  ['sending: starts from a fresh queue', { queued: 5, lastReadAt: now - maxQueueAgeMs }, start],
  ['sending: starts beside attempts in flight', { queued: 5, inFlight: 9 }, start],
  ['sending: empties the queue before it reads an announcement', { queued: 5, isAnnounced: true }, start],
  ['sending: starts at the time that the rate limit allows', { queued: 5, nextStartAt: now }, start],

  ['announced: reads', { isAnnounced: true }, read],
  ['announced: reads beside attempts in flight', { isAnnounced: true, inFlight: 9 }, read],
  ['announced: reads while the rate limit holds the queue back', { isAnnounced: true, queued: 5, nextStartAt: now + 50 }, read],
  ['announced: reads while closed, because the endpoint may be enabled', { isAnnounced: true, maxInFlight: 0 }, read],
  ['announced: reads at once after a failed read', { isAnnounced: true, isReadFailing: true }, read],
  ['refilling: reads when the queue is empty', { hasMoreDue: true }, read],
  ['refilling: not before the queue is empty', { hasMoreDue: true, queued: 1, nextStartAt: now + 50 }, wait(50)],
  ['polling: reads without an announcement', { lastReadAt: now - 10_000 }, read],
  ['polling: reads often while notifications cannot arrive', { lastReadAt: now - 250, pollMs: 250 }, read],

  ['paced: waits for the rate limit', { queued: 5, nextStartAt: now + 50 }, wait(50)],
  ['paced: waits no longer than until polling', { queued: 5, nextStartAt: now + 900, pollMs: 250 }, wait(250)],
  ['failing: waits until polling, whatever its linger time', { isReadFailing: true, lastActiveAt: 0 }, wait(10_000)],
  ['failing: does not refill without a pause', { isReadFailing: true, hasMoreDue: true }, wait(10_000)],
  ['failing: does not finish while closed', { isReadFailing: true, maxInFlight: 0 }, wait(10_000)],

  ['closed: finishes at once, and leaves the queue', { maxInFlight: 0, queued: 5 }, finish],
  ['closed: waits for attempts in flight', { maxInFlight: 0, queued: 5, inFlight: 1 }, wait(10_000)],

  ['recovering: redrives a portion', { nextRedriveAt: now }, redrive],
  ['recovering: waits for its next portion', { nextRedriveAt: now + 700 }, wait(700)],
  ['recovering: waits beyond its linger time', { nextRedriveAt: now + 700, lastActiveAt: 0 }, wait(700)],
  ['recovering: new deliveries go first', { nextRedriveAt: now, queued: 1 }, start],
  ['recovering: redrives beside attempts in flight', { nextRedriveAt: now, inFlight: 9 }, redrive],

  ['busy: waits for attempts in flight, whatever its linger time', { inFlight: 1, lastActiveAt: 0 }, wait(10_000)],
  ['lingering: waits for the rest of its linger time', {}, wait(5_000)],
  ['lingering: waits no longer than until polling', { lastReadAt: now - 9_000 }, wait(1_000)],
  ['idle: finishes after its linger time', { lastActiveAt: now - 15_000 }, finish],
];

describe('a drain', () => {
  it.each(cases)('%s', (_mode, state, step) => {
    expect(decideDrainStep({ ...idle, ...state }, now)).toEqual(step);
  });

  it('reads first', () => {
    const atStart = { startedAt: now, lastActiveAt: now, lastReadAt: 0, isAnnounced: true, maxInFlight: 0 };
    expect(decideDrainStep({ ...idle, ...atStart }, now)).toEqual(read);
  });

  it('never waits for no time at all, which would be a busy loop', () => {
    for (const [, state] of cases) {
      const step = decideDrainStep({ ...idle, ...state }, now);
      if (step.kind === 'wait') expect(step.ms).toBeGreaterThan(0);
    }
  });
});

describe('a rate limit', () => {
  it('spaces starts evenly', () => {
    const first = spaceStarts(0, 4, now);
    expect(first).toBe(now + 250);
    expect(spaceStarts(first, 4, first)).toBe(now + 500);
  });

  it('does not allow a burst after a pause', () => {
    expect(spaceStarts(now - 60_000, 4, now)).toBe(now + 250);
  });
});
