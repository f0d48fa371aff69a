import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Arrival, ContactChanged } from '#domain/sync/contact-changed.ts';
import type { PollPosition } from '#domain/sync/poll-position.ts';
import type { Priority } from '#domain/sync/priority.ts';
import type { ReconcileCounts } from '#domain/sync/reconcile.ts';

export const contactChangedSignal = defineSignal<[ContactChanged]>('contactChanged');
/** Without input, so that the Web UI can send it. */
export const retryNowSignal = defineSignal('retryNow');
/** Without input, so that the Web UI can send them: a full pass waits after its page, and goes on. */
export const pausePassSignal = defineSignal('pausePass');
export const resumePassSignal = defineSignal('resumePass');
export const isPassPausedQuery = defineQuery<boolean>('isPassPaused');
export const syncStateQuery = defineQuery<SyncState>('syncState');
/** Like `contactChanged`, and returns when no lane is working. */
export const syncNowUpdate = defineUpdate<SyncState, [ContactChanged]>('syncNow');

export interface SyncState {
  lanes: LaneState[];
}

export interface LaneState {
  provider: string;
  /** `waiting`: nothing to do until a record is read again. */
  status: 'idle' | 'working' | 'waiting' | 'parked';
  /** Passes of this lane in this run of the workflow. */
  passes: number;
  error: LaneError | null;
}

export interface LaneError {
  /** The error class at the provider's edge, such as `AuthenticationError`. */
  type: string;
  /** The activity and the provider, such as `pushRecord at calltools`. */
  operation: string;
  message: string;
  parkedAt: string;
}

/** The input of `syncContact`: one object, so that fields can be added. */
export interface SyncContactInput {
  contactId: string;
  taskQueuePrefix: string;
  timing?: Partial<SyncTiming>;
  /** Set by continue-as-new: the lanes with pending work. */
  carried?: CarriedLane[];
  /** Set by continue-as-new: the namespace lacked Accord's search attributes when a lane parked last. */
  isUnlisted?: boolean;
}

export interface CarriedLane {
  provider: string;
  observe: string[];
  push: boolean;
  priority: Priority;
  error: LaneError | null;
  parkedSince: number | null;
  /** Links whose record must be read again, and when, in milliseconds. */
  later?: [linkId: string, at: number][];
  arrival?: Arrival;
}

/** Times in milliseconds. */
export interface SyncTiming {
  /** How long one attempt of an activity may take: a dead worker is noticed after this time. */
  activityTimeout: number;
  /** How long one activity may be retried before its lane parks. */
  laneBudget: number;
  /** The wait before the first retry; doubles up to `retryMaximum`. */
  retryInitial: number;
  retryMaximum: number;
  /** A parked lane retries after this time. */
  parkedRetry: number;
  /** A lane that has been parked for this time fails the workflow with `SyncGaveUp`. */
  giveUp: number;
  /** The least time between the passes of a burst, by pass; the last one applies to all further passes. */
  passSpacing: number[];
  /** Passes of one run, a count, before the workflow continues as new. */
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
  /** The origin of the pass, for its report: `schedule`, `api` or `expired-cursor`. */
  trigger: string;
  taskQueuePrefix: string;
  /** A person says that the records which the listing lacks are gone indeed. Default: false. */
  acceptsLoss?: boolean;
  /** How long a page may show no progress before its worker counts as dead, in milliseconds. Default: two minutes. */
  activityTimeout?: number;
  /** Set by continue-as-new. */
  resume?: {
    runId: string;
    cursor: string | null;
    /** Somebody has paused the pass. */
    isPaused?: true;
    /** Every record is listed, and the contacts up to this id have been pushed to the provider. */
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
  unreadable?: number;
}

export interface PollProviderResult {
  changed: number;
  /** Changed records that could not be read. */
  unreadable: number;
}

export interface ReconcileResult {
  runId: string;
  counts: ReconcileCounts;
}

/** The result of a scheduled pass while another one runs. */
export interface SkippedPass {
  /** One sentence. */
  skipped: string;
}

/** The input of `goLive`. */
export interface GoLiveInput {
  runId: string;
  provider: string;
  taskQueuePrefix: string;
  /** A dead worker is noticed after `activityTimeout`. */
  timing?: Partial<SyncTiming>;
  /** Set by continue-as-new. */
  resume?: {
    /** The last contact that was pushed. */
    after: string | null;
    pushed: number;
    failed: number;
  };
}

export interface GoLiveResult {
  state: 'completed' | 'stopped';
  pushed: number;
  failed: number;
}

/** The input of `undoGoLive`. */
export interface UndoGoLiveInput {
  /** A go-live and the later ones of the same account. */
  runIds: string[];
  provider: string;
  taskQueuePrefix: string;
  timing?: Partial<SyncTiming>;
  /** Set by continue-as-new. */
  isResumed?: true;
}

/** The input of `eraseContact`. */
export interface EraseContactInput {
  erasureId: string;
  taskQueuePrefix: string;
  timing?: Partial<SyncTiming>;
  /** Set by continue-as-new: the wait before the next round. */
  waitMs?: number;
}

/** The input of `importContacts`. */
export interface ImportInput {
  importId: string;
  taskQueuePrefix: string;
}
