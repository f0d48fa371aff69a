import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ContactChanged } from '#domain/contact-changed.ts';
import type { PollPosition } from '#domain/poll-position.ts';
import type { Priority } from '#domain/priority.ts';
import type { ReconcileCounts } from '#domain/reconcile.ts';

export const contactChangedSignal = defineSignal<[ContactChanged]>('contactChanged');
/** Takes nothing, so that the Web UI's button is enough. */
export const retryNowSignal = defineSignal('retryNow');
export const syncStateQuery = defineQuery<SyncState>('syncState');
/** Does what `contactChanged` does, and answers when every lane came to rest. */
export const syncNowUpdate = defineUpdate<SyncState, [ContactChanged]>('syncNow');

/** Where each lane stands. */
export interface SyncState {
  lanes: LaneState[];
}

export interface LaneState {
  provider: string;
  /** `waiting`: done, but for a record that is to be read once more later. */
  status: 'idle' | 'working' | 'waiting' | 'parked';
  /** Passes that this run of the workflow made in this lane. */
  passes: number;
  error: LaneError | null;
}

export interface LaneError {
  /** The error class at the provider's edge, such as `AuthenticationError`. */
  type: string;
  /** What was tried, such as `push to calltools`. */
  operation: string;
  message: string;
  parkedAt: string;
}

/** The input of `syncContact`: one object, so that fields can be added. */
export interface SyncContactInput {
  contactId: string;
  taskQueuePrefix: string;
  timing?: Partial<SyncTiming>;
  /** What a run hands to the next one when its history grows long. */
  carried?: CarriedLane[];
}

export interface CarriedLane {
  provider: string;
  observe: string[];
  push: boolean;
  priority: Priority;
  error: LaneError | null;
  parkedSince: number | null;
  /** Links to read again, and when, in milliseconds. */
  later?: [linkId: string, at: number][];
}

/** In milliseconds, where nothing else is said. */
export interface SyncTiming {
  /** How long one try of an activity may take; this is how a dead worker is noticed. */
  activityTimeout: number;
  /** How long one activity may be retried before its lane parks. */
  laneBudget: number;
  /** First wait between tries; doubles up to `retryMaximum`. */
  retryInitial: number;
  retryMaximum: number;
  /** A parked lane tries again by itself after this. */
  parkedRetry: number;
  /** A lane that stayed parked this long fails the workflow with `SyncGaveUp`. */
  giveUp: number;
  /** The wait before the second, third, … pass of one run: the first is at once, a burst ends in a few. */
  passSpacing: number[];
  /** Passes after which a run hands over to a fresh one. A count, not a time. */
  passesPerRun: number;
}

export const defaultTiming: SyncTiming = {
  activityTimeout: 30_000,
  laneBudget: 60 * 60_000,
  retryInitial: 1_000,
  retryMaximum: 60_000,
  parkedRetry: 30 * 60_000,
  giveUp: 7 * 24 * 60 * 60_000,
  passSpacing: [0, 250, 2_000],
  passesPerRun: 50,
};

/** The input of `reconcileProvider`. */
export interface ReconcileInput {
  provider: string;
  /** `schedule`, `api`, `first-import`: what started it, for the report. */
  trigger: string;
  taskQueuePrefix: string;
  /** Set by continue-as-new. */
  resume?: {
    runId: string;
    cursor: string | null;
    /** All is listed, and contacts up to this id were given to the provider. */
    placedUntil?: string;
  };
}

/** The input of `pollProvider`. */
export interface PollProviderInput {
  provider: string;
  taskQueuePrefix: string;
  /** Set by continue-as-new. */
  position?: PollPosition;
  changed?: number;
}

export interface ReconcileResult {
  runId: string;
  counts: ReconcileCounts;
}
