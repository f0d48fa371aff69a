import { describe, expect, it } from '@jest/globals';
import { findTelling, type Told } from '#domain/incidents/telling.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 30, 12, minute));
const told = (state: 'open' | 'over', minute: number): Told => ({ email: { state, at: at(minute).toISOString() } });

/** What is told at a minute of an incident that was seen at minute 0, with an interval of 15 minutes. */
const tell = (minute: number, { over = null, last = {}, settle = 0 }: { over?: number | null; last?: Told; settle?: number }) =>
  findTelling(
    { settleMinutes: settle, seenAt: at(0), overAt: over === null ? null : at(over), told: last },
    { channel: 'email', now: at(minute), intervalMinutes: 15 },
  );

describe('of an incident', () => {
  it.each<[string, number, Parameters<typeof tell>[1], 'open' | 'over' | null]>([
    ['its begin is told at once', 0, {}, 'open'],
    ['its begin is told by each channel', 1, { last: { slack: { state: 'open', at: at(0).toISOString() } } }, 'open'],
    ['its begin is not told twice', 600, { last: told('open', 0) }, null],
    ['nothing is told before it has lasted', 1, { settle: 2 }, null],
    ['its begin is told when it has lasted', 2, { settle: 2 }, 'open'],
    ['nothing is told when nobody heard of its begin', 5, { over: 5 }, null],
    ['its end waits for the interval', 10, { over: 5, last: told('open', 0) }, null],
    ['its end is told after the interval', 15, { over: 5, last: told('open', 0) }, 'over'],
    ['its end is not told twice', 600, { over: 5, last: told('over', 15) }, null],
    ['its return waits for the interval', 20, { last: told('over', 15) }, null],
    ['its return is told after the interval', 30, { last: told('over', 15) }, 'open'],
    ['its return within the interval is no news', 10, { last: told('open', 0) }, null],
  ])('%s', (_, minute, incident, expected) => {
    expect(tell(minute, incident)).toBe(expected);
  });
});

it('an account that comes and goes every minute is told of at most once in the interval', () => {
  let last: Told = {};
  const messages: number[] = [];
  for (let minute = 0; minute < 120; minute += 1) {
    const state = tell(minute, { over: minute % 2 === 1 ? minute : null, last });
    if (state === null) continue;
    messages.push(minute);
    last = told(state, minute);
  }
  expect(messages.length).toBeGreaterThan(2);
  const pauses = messages.slice(1).map((minute, index) => minute - (messages[index] ?? 0));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(15);
});
