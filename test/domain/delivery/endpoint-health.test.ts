import { describe, expect, it } from '@jest/globals';
import {
  afterAttempt,
  breakerAt,
  type EndpointHealth,
  healthy,
  limitByBreaker,
  shouldDisable,
} from '#domain/delivery/endpoint-health.ts';

const start = Date.parse('2025-06-01T12:00:00Z');
const second = 1_000;
const hour = 3_600 * second;

/** Health after so many failures and then so many successes, all at one time. */
function outcomes(health: EndpointHealth, at: number, { failures = 0, successes = 0 }): EndpointHealth {
  const each = [...Array<boolean>(failures).fill(false), ...Array<boolean>(successes).fill(true)];
  return each.reduce((current, ok) => afterAttempt(breakerAt(current, at), { ok, at }), health);
}

describe('the breaker', () => {
  it('opens at half of ten outcomes within five minutes, and not before', () => {
    expect(outcomes(healthy, start, { failures: 9 }).breaker).toBe('closed');
    expect(outcomes(healthy, start, { failures: 10 })).toMatchObject({
      breaker: 'open',
      openUntil: start + 30 * second,
      trips: 1,
    });
    const halved = outcomes(outcomes(healthy, start, { successes: 6 }), start, { failures: 5 });
    expect(halved.breaker).toBe('closed');
    expect(outcomes(halved, start, { failures: 1 }).breaker).toBe('open');
  });

  it('is not opened by a success, however many failures came before', () => {
    expect(outcomes(healthy, start, { failures: 9, successes: 1 }).breaker).toBe('closed');
    expect(outcomes(healthy, start, { failures: 9, successes: 2 })).toMatchObject({ breaker: 'closed', failingSince: null });
  });

  it('ignores attempts older than five minutes', () => {
    const nine = outcomes(healthy, start, { failures: 9 });
    expect(outcomes(nine, start + 301 * second, { failures: 1 }).breaker).toBe('closed');
    expect(outcomes(nine, start + 299 * second, { failures: 1 }).breaker).toBe('open');
  });

  it('lets nothing through while open, and one delivery at a time afterwards', () => {
    const opened = outcomes(healthy, start, { failures: 10 });
    expect(limitByBreaker(breakerAt(opened, start + 29 * second), 8)).toBe(0);
    expect(limitByBreaker(breakerAt(opened, start + 30 * second), 8)).toBe(1);
    expect(limitByBreaker(healthy, 8)).toBe(8);
  });

  it('opens twice as long after each failed test, up to ten minutes', () => {
    let health = outcomes(healthy, start, { failures: 10 });
    const waits: number[] = [];
    for (let at = start; waits.length < 7; ) {
      const until = health.openUntil as number;
      waits.push((until - at) / second);
      at = until;
      health = outcomes(health, at, { failures: 1 });
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 600, 600]);
  });

  it('closes at the first success, with a fresh window', () => {
    const opened = outcomes(healthy, start, { failures: 10 });
    const asked = breakerAt(opened, start + 31 * second);
    const closed = afterAttempt(asked, { ok: true, at: start + 31 * second });
    expect(closed).toMatchObject({ breaker: 'closed', trips: 0, windowFailures: 0, openUntil: null });
    expect(outcomes(closed, start + 32 * second, { failures: 10 }).openUntil).toBe(start + 62 * second);
  });

  it('goes through all its states, with a fresh window in each', () => {
    const steps: [afterSeconds: number, counts: { failures?: number; successes?: number }, breaker: string][] = [
      [0, { failures: 1, successes: 2 }, 'closed'],
      [1, { failures: 13, successes: 1 }, 'open'],
      [32, {}, 'half-open'],
      [32, { successes: 2 }, 'closed'],
      [33, { failures: 14 }, 'open'],
      [64, { failures: 1 }, 'open'],
      [65, {}, 'open'],
      [124, {}, 'half-open'],
    ];
    let health = healthy;
    for (const [afterSeconds, counts, breaker] of steps) {
      const at = start + afterSeconds * second;
      health = breakerAt(outcomes(health, at, counts), at);
      expect([afterSeconds, health.breaker]).toEqual([afterSeconds, breaker]);
    }
  });

  it('ignores attempts that were in flight when it opened', () => {
    const opened = outcomes(healthy, start, { failures: 10 });
    expect(afterAttempt(opened, { ok: false, at: start + second })).toMatchObject({
      breaker: 'open',
      openUntil: opened.openUntil,
      trips: 1,
    });
    expect(afterAttempt(opened, { ok: true, at: start + second }).breaker).toBe('open');
  });
});

describe('an endpoint is disabled', () => {
  const failingAt = (...hours: number[]) =>
    hours.reduce((health, at) => afterAttempt(health, { ok: false, at: start + at * hour }), healthy);

  it.each([
    ['after 72 hours of only failures', failingAt(0, 20, 40, 60, 72), true],
    ['not a moment earlier', failingAt(0, 20, 40, 60, 71.9), false],
    ['not by two failures with days of silence between them', failingAt(0, 72), false],
    ['not when the failures of the last 72 hours lie within 12 hours', failingAt(0, 61, 72), false],
    ['when they are 12 hours apart', failingAt(0, 60, 72), true],
    ['not after a success among them', afterAttempt(failingAt(0, 40), { ok: true, at: start + 41 * hour }), false],
  ])('%s', (_when, health, expected) => {
    expect(shouldDisable(health)).toBe(expected);
  });

  it('counts from the first failure after the last success', () => {
    const once = afterAttempt(failingAt(0, 40), { ok: true, at: start + 41 * hour });
    const again = [50, 80, 110, 121].reduce((health, at) => afterAttempt(health, { ok: false, at: start + at * hour }), once);
    expect(shouldDisable(again)).toBe(false);
    expect(shouldDisable(afterAttempt(again, { ok: false, at: start + 122 * hour }))).toBe(true);
  });
});
