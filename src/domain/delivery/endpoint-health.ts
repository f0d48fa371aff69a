/** How an endpoint has responded lately. Times are milliseconds since 1970. */
export interface EndpointHealth {
  /** `half-open`: one delivery at a time tests whether the endpoint is back. */
  breaker: 'closed' | 'open' | 'half-open';
  /** Until then nothing is sent; null unless open. */
  openUntil: number | null;
  /** How often it opened without a recovery in between. */
  trips: number;
  windowStartedAt: number | null;
  windowSuccesses: number;
  windowFailures: number;
  /** The first failure since the last success. */
  failingSince: number | null;
  lastSuccessAt: number | null;
  lastFailureAt: number | null;
}

export const healthy: EndpointHealth = {
  ...{ breaker: 'closed', openUntil: null, trips: 0 },
  ...{ windowStartedAt: null, windowSuccesses: 0, windowFailures: 0 },
  ...{ failingSince: null, lastSuccessAt: null, lastFailureAt: null },
};

export interface HealthRules {
  windowMs: number;
  /** A window with fewer attempts never opens the breaker. */
  minOutcomes: number;
  /** This share of failures in a window opens the breaker. */
  failureShare: number;
  /** How long the breaker opens the first time. Doubles each further time. */
  openMs: number;
  maxOpenMs: number;
  /** Only failures for this long disable the endpoint. */
  disableAfterMs: number;
  /** The first and the last of those failures are at least this far apart: two calls with days of silence between them do not count. */
  minSpreadMs: number;
}

const minute = 60_000;
const hour = 60 * minute;

export const healthRules: HealthRules = {
  ...{ windowMs: 5 * minute, minOutcomes: 10, failureShare: 0.5, openMs: minute / 2, maxOpenMs: 10 * minute },
  ...{ disableAfterMs: 72 * hour, minSpreadMs: 12 * hour },
};

/** The health after one more attempt. */
export function afterAttempt(
  before: EndpointHealth,
  { ok, at }: { ok: boolean; at: number },
  rules = healthRules,
): EndpointHealth {
  return decideBreaker(countAttempt(before, { ok, at }, rules), { ok, at }, rules);
}

function countAttempt(before: EndpointHealth, { ok, at }: { ok: boolean; at: number }, rules: HealthRules): EndpointHealth {
  const isInWindow = before.windowStartedAt !== null && at - before.windowStartedAt < rules.windowMs;
  const counts = isInWindow ? before : { windowStartedAt: at, windowSuccesses: 0, windowFailures: 0 };
  const window = {
    windowStartedAt: counts.windowStartedAt,
    windowSuccesses: counts.windowSuccesses + (ok ? 1 : 0),
    windowFailures: counts.windowFailures + (ok ? 0 : 1),
  };
  if (ok) return { ...before, ...window, failingSince: null, lastSuccessAt: at };
  const failingSince = endsSilence(before, at, rules) ? at : (before.failingSince ?? at);
  return { ...before, ...window, failingSince, lastFailureAt: at };
}

/** After shorter gaps than this, the last `disableAfterMs` always hold two failures that are `minSpreadMs` apart. */
function endsSilence({ lastFailureAt }: EndpointHealth, at: number, rules: HealthRules): boolean {
  return lastFailureAt !== null && at - lastFailureAt > rules.disableAfterMs - rules.minSpreadMs;
}

/** A success never opens the breaker. Attempts that were in flight when it opened do not change it. */
function decideBreaker(health: EndpointHealth, { ok, at }: { ok: boolean; at: number }, rules: HealthRules): EndpointHealth {
  switch (health.breaker) {
    case 'open':
      return health;
    case 'half-open':
      return ok ? close(health) : open(health, at, rules);
    case 'closed':
      return !ok && failsTooOften(health, rules) ? open(health, at, rules) : health;
  }
}

function failsTooOften({ windowSuccesses, windowFailures }: EndpointHealth, rules: HealthRules): boolean {
  const outcomes = windowSuccesses + windowFailures;
  return outcomes >= rules.minOutcomes && windowFailures >= outcomes * rules.failureShare;
}

const emptyWindow = { windowStartedAt: null, windowSuccesses: 0, windowFailures: 0 };

function open(health: EndpointHealth, at: number, { openMs, maxOpenMs }: HealthRules): EndpointHealth {
  const openUntil = at + Math.min(openMs * 2 ** health.trips, maxOpenMs);
  return { ...health, ...emptyWindow, breaker: 'open', openUntil, trips: health.trips + 1 };
}

function close(health: EndpointHealth): EndpointHealth {
  return { ...health, ...emptyWindow, breaker: 'closed', openUntil: null, trips: 0 };
}

/** The health at this time: an open breaker becomes half-open at `openUntil`. */
export function breakerAt(health: EndpointHealth, now: number): EndpointHealth {
  const isOver = health.breaker === 'open' && (health.openUntil ?? 0) <= now;
  return isOver ? { ...health, breaker: 'half-open', openUntil: null } : health;
}

/** How many of `max` deliveries the breaker lets through at a time. */
export function limitByBreaker({ breaker }: EndpointHealth, max: number): number {
  return { closed: max, open: 0, 'half-open': 1 }[breaker];
}

/** Whether a failure that was just counted disables the endpoint. */
export function shouldDisable({ failingSince, lastFailureAt }: EndpointHealth, rules = healthRules): boolean {
  return failingSince !== null && lastFailureAt !== null && lastFailureAt - failingSince >= rules.disableAfterMs;
}
