/** How a subscriber's endpoint has answered lately. Times are milliseconds since 1970. */
export interface EndpointHealth {
  /** `half-open`: one delivery at a time finds out whether it is back. */
  breaker: 'closed' | 'open' | 'half-open';
  /** Until when nothing is sent; null while closed. */
  openUntil: number | null;
  /** Times that it opened without a recovery in between. */
  trips: number;
  windowStartedAt: number | null;
  windowSuccesses: number;
  windowFailures: number;
  /** The first of the failures since the last success. */
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
  /** Fewer outcomes than this say nothing. */
  minOutcomes: number;
  /** This share of failures opens the breaker. */
  failureShare: number;
  /** The first time; doubles with each further one. */
  openMs: number;
  maxOpenMs: number;
  /** Only failures for this long disable the endpoint. */
  disableAfterMs: number;
  /** First and last failure of that time must be this far apart, so that two calls with days of silence between them do not. */
  minSpreadMs: number;
}

const minute = 60_000;
const hour = 60 * minute;

export const healthRules: HealthRules = {
  ...{ windowMs: 5 * minute, minOutcomes: 10, failureShare: 0.5, openMs: minute / 2, maxOpenMs: 10 * minute },
  ...{ disableAfterMs: 72 * hour, minSpreadMs: 12 * hour },
};

/** The same endpoint after one more attempt. */
export function afterAttempt(
  before: EndpointHealth,
  { ok, at }: { ok: boolean; at: number },
  rules = healthRules,
): EndpointHealth {
  return decideBreaker(note(before, { ok, at }, rules), { ok, at }, rules);
}

function note(before: EndpointHealth, { ok, at }: { ok: boolean; at: number }, rules: HealthRules): EndpointHealth {
  const isFresh = before.windowStartedAt !== null && at - before.windowStartedAt < rules.windowMs;
  const counts = isFresh ? before : { windowStartedAt: at, windowSuccesses: 0, windowFailures: 0 };
  const window = {
    windowStartedAt: counts.windowStartedAt,
    windowSuccesses: counts.windowSuccesses + (ok ? 1 : 0),
    windowFailures: counts.windowFailures + (ok ? 0 : 1),
  };
  if (ok) return { ...before, ...window, failingSince: null, lastSuccessAt: at };
  const failingSince = isSilenceBroken(before, at, rules) ? at : (before.failingSince ?? at);
  return { ...before, ...window, failingSince, lastFailureAt: at };
}

/** With gaps no longer than this, the last `disableAfterMs` hold two failures that are `minSpreadMs` apart. */
function isSilenceBroken({ lastFailureAt }: EndpointHealth, at: number, rules: HealthRules): boolean {
  return lastFailureAt !== null && at - lastFailureAt > rules.disableAfterMs - rules.minSpreadMs;
}

/** A success never opens it. What was under way when it opened says nothing new. */
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

/** The breaker at this time: one whose wait is over lets one delivery through. */
export function breakerAt(health: EndpointHealth, now: number): EndpointHealth {
  const isOver = health.breaker === 'open' && (health.openUntil ?? 0) <= now;
  return isOver ? { ...health, breaker: 'half-open', openUntil: null } : health;
}

/** How many deliveries may be under way at a time. */
export function allowedAtOnce({ breaker }: EndpointHealth, most: number): number {
  return { closed: most, open: 0, 'half-open': 1 }[breaker];
}

/** Asked after a failure. */
export function shouldDisable({ failingSince, lastFailureAt }: EndpointHealth, rules = healthRules): boolean {
  return failingSince !== null && lastFailureAt !== null && lastFailureAt - failingSince >= rules.disableAfterMs;
}
