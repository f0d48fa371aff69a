import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { DeadLetterFilter } from '#activities/interfaces.ts';

/** A delivery to the endpoint became due. */
export const deliveriesDueSignal = defineSignal('deliveriesDue');

/** The input of `deliverToEndpoint`. */
export interface DeliverInput {
  endpointId: string;
  taskQueuePrefix: string;
  timing?: Partial<DeliveryTiming>;
}

export interface DeliveryTiming {
  /** How long a drain stays after the last delivery. Deliveries that become due meanwhile need no workflow task. */
  lingerMs: number;
  /** A drain that stayed this long ends, and the workflow starts the next one. */
  maxStayMs: number;
  /** How soon Temporal notices a dead worker when no api does. */
  heartbeatTimeoutMs: number;
  /** Drains before continue-as-new. */
  drainsPerRun: number;
}

export const deliveryTiming: DeliveryTiming = {
  lingerMs: 15_000,
  maxStayMs: 5 * 60_000,
  heartbeatTimeoutMs: 10_000,
  drainsPerRun: 100,
};

/** The input of `redriveDeliveries`. */
export interface RedriveInput {
  /** Selects the dead letters. Those that died after the workflow started are left out. */
  filter: DeadLetterFilter;
  /** The actor of the audit log. */
  actor?: string;
  /** How many dead letters matched at the start. */
  expected?: number;
  /** Default: 50. */
  ratePerSecond?: number | null;
  /** Set by continue-as-new. */
  resume?: { until: string; total: number; redriven: number };
}

export interface RedriveProgress {
  state: 'running' | 'done' | 'cancelled';
  /** Dead letters that matched when it started. */
  total: number;
  redriven: number;
}

export const redriveProgressQuery = defineQuery<RedriveProgress>('redriveProgress');
