import { type EndpointHealth, type HealthRules, healthRules } from './endpoint-health.ts';

/** Operators are warned at these percentages of the time after which an endpoint is disabled. */
const firstWarning = 50;
const warnings = [firstWarning, 75];

/** Whether to report that an endpoint began to fail. A breaker that opens again after a failed test is not reported again. */
export function hasStartedFailing(before: EndpointHealth, after: EndpointHealth): boolean {
  return before.trips === 0 && after.trips > 0;
}

/** The warnings that are due after an attempt, in percent. Each is due once in an unbroken series of failures. */
export function disableWarningsBetween(before: EndpointHealth, after: EndpointHealth, rules = healthRules): number[] {
  const from = before.failingSince === after.failingSince ? percentToDisabling(before, rules) : 0;
  const to = percentToDisabling(after, rules);
  return to < 100 ? warnings.filter((percent) => from < percent && percent <= to) : [];
}

/** Whether to report a recovery: only after a failure was reported. */
export function hasRecovered(before: EndpointHealth, after: EndpointHealth, rules = healthRules): boolean {
  if (after.breaker !== 'closed' || after.failingSince !== null) return false;
  return before.breaker !== 'closed' || percentToDisabling(before, rules) >= firstWarning;
}

function percentToDisabling({ failingSince, lastFailureAt }: EndpointHealth, { disableAfterMs }: HealthRules): number {
  if (failingSince === null || lastFailureAt === null) return 0;
  return ((lastFailureAt - failingSince) / disableAfterMs) * 100;
}
