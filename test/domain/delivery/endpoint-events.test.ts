import { describe, expect, it } from '@jest/globals';
import { disableWarningsBetween, hasRecovered, hasStartedFailing } from '#domain/delivery/endpoint-events.ts';
import { afterAttempt, breakerAt, type EndpointHealth, healthy, shouldDisable } from '#domain/delivery/endpoint-health.ts';

const start = Date.parse('2025-06-01T12:00:00Z');
const hour = 3_600_000;

type Outcome = 'ok' | 'failed';
/** The reports after each attempt: `[hours after the first attempt, its result]`. */
function reportsAfter(attempts: [hours: number, outcome: Outcome][], from: EndpointHealth = healthy): string[] {
  let health = from;
  return attempts.flatMap(([hours, outcome]) => {
    const at = start + hours * hour;
    const before = breakerAt(health, at);
    health = afterAttempt(before, { ok: outcome === 'ok', at });
    return [
      ...(hasStartedFailing(before, health) ? ['failing'] : []),
      ...disableWarningsBetween(before, health).map((percent) => `${percent} %`),
      ...(hasRecovered(before, health) ? ['recovered'] : []),
      ...(outcome === 'failed' && shouldDisable(health) ? ['disabled'] : []),
    ];
  });
}

const each = (count: number, everyHours: number, outcome: Outcome = 'failed'): [number, Outcome][] =>
  Array.from({ length: count }, (_, place) => [place * everyHours, outcome]);

describe('operators get a report', () => {
  it.each<[string, [number, Outcome][], string[]]>([
    ['not for single failures', [...each(9, 0), [0.01, 'ok']], []],
    ['once when an endpoint starts to fail, however many tests fail', each(40, 0.005), ['failing']],
    ['at half, three quarters and the end of 72 hours of failures', each(21, 3.6), ['50 %', '75 %', 'disabled']],
    ['at the first failure after half of the time', [...each(2, 35), [37, 'failed'], [38, 'failed']], ['50 %']],
    ['with both warnings at once after few attempts', [...each(1, 0), [55, 'failed']], ['50 %', '75 %']],
    ['when it is disabled, without late warnings', [...each(1, 0), [30, 'failed'], [72, 'failed']], ['disabled']],
    ['when it recovers, if its failure was reported', [...each(11, 0), [0.1, 'ok'], [0.2, 'ok']], ['failing', 'recovered']],
    ['when it recovers after a warning', [...each(3, 20), [41, 'ok']], ['50 %', 'recovered']],
    [
      'with new warnings when it fails again',
      [...each(3, 20), [41, 'ok'], [42, 'failed'], [62, 'failed'], [82, 'failed']],
      ['50 %', 'recovered', '50 %'],
    ],
    ['not for a second failure after days of silence', [...each(1, 0), [61, 'failed']], []],
  ])('%s', (_what, attempts, expected) => {
    expect(reportsAfter(attempts)).toEqual(expected);
  });

  it('when an enabled endpoint fails again or recovers', () => {
    const enabled: EndpointHealth = { ...healthy, breaker: 'half-open' };
    expect(reportsAfter([[0, 'failed']], enabled)).toEqual(['failing']);
    expect(reportsAfter([[0, 'ok']], enabled)).toEqual(['recovered']);
  });
});
