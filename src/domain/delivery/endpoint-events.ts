import { type EndpointHealth, type HealthRules, healthRules } from './endpoint-health.ts';

/** Percents of the way to being disabled at which operators are warned. */
const firstWarning = 50;
const warnings = [firstWarning, 75];

/** Whether operators are to hear that an endpoint fails. A breaker that opens again after a try in vain is no news. */
export function hasStartedFailing(before: EndpointHealth, after: EndpointHealth): boolean {
  return before.trips === 0 && after.trips > 0;
}

/** The warnings that are due after an attempt: each once in one stretch of failures. */
export function disableWarningsBetween(before: EndpointHealth, after: EndpointHealth, rules = healthRules): number[] {
  const from = before.failingSince === after.failingSince ? percentToDisabling(before, rules) : 0;
  const to = percentToDisabling(after, rules);
  return to < 100 ? warnings.filter((percent) => from < percent && percent <= to) : [];
}

/** Whether operators who were told that it is ill are to hear that it is well. */
export function hasRecovered(before: EndpointHealth, after: EndpointHealth, rules = healthRules): boolean {
  if (after.breaker !== 'closed' || after.failingSince !== null) return false;
  return before.breaker !== 'closed' || percentToDisabling(before, rules) >= firstWarning;
}

function percentToDisabling({ failingSince, lastFailureAt }: EndpointHealth, { disableAfterMs }: HealthRules): number {
  if (failingSince === null || lastFailureAt === null) return 0;
  return ((lastFailureAt - failingSince) / disableAfterMs) * 100;
}
