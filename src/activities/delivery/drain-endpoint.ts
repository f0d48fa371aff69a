import { msUntilNextDue } from '#db/delivery/deliveries.ts';
import { cancelPending, countPending } from '#db/delivery/endpoint-health.ts';
import type { EndpointHealth } from '#domain/delivery/endpoint-health.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { Drain } from './drain.ts';
import type { EndpointMonitor } from './endpoint-monitor.ts';

/** Its keys stay: running workflows have scheduled drains with them. */
export interface DrainInput {
  endpointId: string;
  /** How long to stay after the last delivery. */
  lingerMs: number;
  /** How long to stay in all. */
  stayAtMostMs: number;
}

/** The state of the endpoint when a drain ends. Times are ISO 8601. */
export interface DrainResult {
  /** When to start the next drain; null when nothing is due. */
  nextAt: string | null;
  /** The same in milliseconds from now, because the clocks of worker and workflow may differ. */
  nextInMs: number | null;
  pending: number;
  /** When the oldest pending delivery was created. */
  oldestAt: string | null;
  lastError: string | null;
  breaker: EndpointHealth['breaker'];
  openUntil: string | null;
  disabledReason: string | null;
}

/**
 * Sends an endpoint the deliveries that are due, under its lease. Resolves when none is due or may be sent, when `signal` aborts, and
 * when another attempt takes the lease. `taskToken` identifies this attempt of the activity to Temporal, and owns the lease.
 */
export async function drainEndpoint(
  deps: DeliveryDeps,
  { endpointId, lingerMs, stayAtMostMs: maxStayMs }: DrainInput,
  signal: AbortSignal,
  taskToken: Uint8Array,
): Promise<DrainResult> {
  const lease = { endpointId, taskToken };
  const lost = await deps.leases.acquire(lease);
  const drain = new Drain(deps, endpointId, { lingerMs, maxStayMs }, AbortSignal.any([signal, lost]));
  const unsubscribe = deps.due.subscribe(endpointId, () => drain.announce());
  try {
    await drain.run();
  } finally {
    unsubscribe();
    await deps.leases.release(lease).catch(() => {});
  }
  // After the release: deliveries that became due before it are seen here, later ones make the dispatcher signal the workflow.
  return describeEndpoint(deps, drain.monitor);
}

async function describeEndpoint({ db }: DeliveryDeps, monitor: EndpointMonitor): Promise<DrainResult> {
  const { endpointId, endpoint, health, lastError } = monitor;
  if (monitor.isDeleted) await cancelPending(db, endpointId);
  const [dueInMs, { pending, oldestAt }] = await Promise.all([msUntilNextDue(db, endpointId), countPending(db, endpointId)]);
  const openUntil = health.breaker === 'open' ? health.openUntil : null;
  const now = Date.now();
  const nextInMs = dueInMs === null ? null : Math.max(dueInMs, openUntil === null ? 0 : openUntil - now);
  return {
    nextAt: nextInMs === null ? null : new Date(now + nextInMs).toISOString(),
    nextInMs,
    pending,
    oldestAt: oldestAt?.toISOString() ?? null,
    lastError,
    breaker: health.breaker,
    openUntil: openUntil === null ? null : new Date(openUntil).toISOString(),
    disabledReason: endpoint && !endpoint.is_active ? (endpoint.disabled_reason ?? 'operator') : null,
  };
}
