import { msUntilNextDue } from '#db/delivery/deliveries.ts';
import { cancelPending, countPending } from '#db/delivery/endpoint-health.ts';
import type { EndpointHealth } from '#domain/delivery/endpoint-health.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { Drain, type DrainTimes } from './drain.ts';

export interface DrainInput extends DrainTimes {
  endpointId: string;
}

/** How things stand when a drain leaves. Times are ISO 8601. */
export interface DrainResult {
  /** When to come back; null when nothing is due. */
  nextAt: string | null;
  /** The same in milliseconds from now: the clock of the worker need not be that of the workflow. */
  nextInMs: number | null;
  pending: number;
  /** When the oldest of them was written. */
  oldestAt: string | null;
  lastError: string | null;
  breaker: EndpointHealth['breaker'];
  openUntil: string | null;
  disabledReason: string | null;
}

/**
 * Sends an endpoint what is due to it; returns when nothing is, when nothing may be sent, when it is told to stop, or when another
 * attempt took over. By `taskToken` Temporal knows this one.
 */
export async function drainEndpoint(
  deps: DeliveryDeps,
  { endpointId, ...times }: DrainInput,
  signal: AbortSignal,
  taskToken: Uint8Array,
): Promise<DrainResult> {
  const served = { endpointId, taskToken };
  const lost = await deps.serving.enter(served);
  const drain = new Drain(deps, endpointId, times, AbortSignal.any([signal, lost]));
  const unsubscribe = deps.due.subscribe(endpointId, () => drain.call());
  try {
    await drain.run();
  } finally {
    unsubscribe();
    await deps.serving.leave(served).catch(() => {});
  }
  // After it is known that nobody serves: what came in between is seen here, or the dispatcher tells the workflow of it.
  return describe(deps, endpointId, drain);
}

async function describe({ db }: DeliveryDeps, endpointId: string, { watch }: Drain): Promise<DrainResult> {
  const { endpoint, health, lastError } = watch;
  if (watch.isDeleted) await cancelPending(db, endpointId);
  const [dueInMs, { pending, oldestAt }] = await Promise.all([msUntilNextDue(db, endpointId), countPending(db, endpointId)]);
  const isOpen = health.breaker === 'open' && health.openUntil !== null;
  const now = Date.now();
  const nextInMs = dueInMs === null ? null : Math.max(dueInMs, isOpen ? (health.openUntil as number) - now : 0);
  return {
    nextAt: nextInMs === null ? null : new Date(now + nextInMs).toISOString(),
    nextInMs,
    pending,
    oldestAt: oldestAt?.toISOString() ?? null,
    lastError,
    breaker: health.breaker,
    openUntil: isOpen ? new Date(health.openUntil as number).toISOString() : null,
    disabledReason: endpoint && !endpoint.is_active ? (endpoint.disabled_reason ?? 'operator') : null,
  };
}
