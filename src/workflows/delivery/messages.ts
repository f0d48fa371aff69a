import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { DeadLetterFilter } from '#activities/index.ts';

/** Something is due at an endpoint. */
export const deliveriesDueSignal = defineSignal('deliveriesDue');

/** The input of `deliverToEndpoint`. */
export interface DeliverInput {
  endpointId: string;
  taskQueuePrefix: string;
  timing?: Partial<DeliveryTiming>;
}

/** In milliseconds, where nothing else is said. */
export interface DeliveryTiming {
  /** How long a drain stays after the last delivery: what comes meanwhile is sent without a workflow task. */
  lingerMs: number;
  /** After this a drain hands over to a fresh one, however much there is to do. */
  stayAtMostMs: number;
  /** How soon a worker that died is noticed. */
  heartbeatTimeoutMs: number;
  /** Drains after which a run hands over to a fresh one. A count, not a time. */
  drainsPerRun: number;
}

export const deliveryTiming: DeliveryTiming = {
  lingerMs: 15_000,
  stayAtMostMs: 5 * 60_000,
  heartbeatTimeoutMs: 10_000,
  drainsPerRun: 100,
};

/** The input of `redriveDeliveries`. */
export interface RedriveInput {
  /** Which dead deliveries are sent again; none that died after the workflow started. */
  filter: DeadLetterFilter;
  /** Who asked for it, as in the audit log. */
  actor?: string;
  /** How many that were then. */
  expected?: number;
  /** 50 where nothing is said. */
  ratePerSecond?: number | null;
  /** Set by continue-as-new. */
  resume?: { until: string; total: number; redriven: number };
}

export interface RedriveProgress {
  state: 'running' | 'done' | 'cancelled';
  /** Deliveries that were dead when it started. */
  total: number;
  redriven: number;
}

export const redriveProgressQuery = defineQuery<RedriveProgress>('redriveProgress');
