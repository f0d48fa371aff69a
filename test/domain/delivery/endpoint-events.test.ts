import { describe, expect, it } from '@jest/globals';
import { disableWarningsBetween, hasRecovered, hasStartedFailing } from '#domain/delivery/endpoint-events.ts';
import { afterAttempt, breakerAt, type EndpointHealth, healthy, shouldDisable } from '#domain/delivery/endpoint-health.ts';

const start = Date.parse('2025-06-01T12:00:00Z');
const hour = 3_600_000;

type Outcome = 'ok' | 'failed';
/** What operators hear, attempt by attempt: `[hours after the first, how it ended]`. */
function heard(attempts: [hours: number, outcome: Outcome][], from: EndpointHealth = healthy): string[] {
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

describe('operators hear', () => {
  it.each<[string, [number, Outcome][], string[]]>([
    ['nothing of single failures', [...each(9, 0), [0.01, 'ok']], []],
    ['once that an endpoint fails, however often it is tried in vain', each(40, 0.005), ['failing']],
    ['of 72 hours of failures: half of the way, three quarters, the end', each(21, 3.6), ['50 %', '75 %', 'disabled']],
    ['nothing at 49 % and at 51 % of what is past', [...each(2, 35), [37, 'failed'], [38, 'failed']], ['50 %']],
    ['of both at once where it was hardly asked', [...each(1, 0), [55, 'failed']], ['50 %', '75 %']],
    ['that it was disabled, and no late warning', [...each(1, 0), [30, 'failed'], [72, 'failed']], ['disabled']],
    ['that it is well, if they heard that it was not', [...each(11, 0), [0.1, 'ok'], [0.2, 'ok']], ['failing', 'recovered']],
    ['that it is well after a warning', [...each(3, 20), [41, 'ok']], ['50 %', 'recovered']],
    [
      'warnings anew when it fails anew',
      [...each(3, 20), [41, 'ok'], [42, 'failed'], [62, 'failed'], [82, 'failed']],
      ['50 %', 'recovered', '50 %'],
    ],
    ['nothing of a second failure after days of silence', [...each(1, 0), [61, 'failed']], []],
  ])('%s', (_what, attempts, expected) => {
    expect(heard(attempts)).toEqual(expected);
  });

  it('that an endpoint fails again, or is well, which was disabled and is tried anew', () => {
    const enabled: EndpointHealth = { ...healthy, breaker: 'half-open' };
    expect(heard([[0, 'failed']], enabled)).toEqual(['failing']);
    expect(heard([[0, 'ok']], enabled)).toEqual(['recovered']);
  });
});
