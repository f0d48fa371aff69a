import type { DeadLetterFilter } from '#db/delivery/dead-letters.ts';
import type { RetentionDays } from '#db/delivery/prune.ts';
import type { RecordRetentionDays } from '#db/sync/prune.ts';
import type { Arrival } from '#domain/sync/contact-changed.ts';
import type { Priority } from '#domain/sync/priority.ts';
import type { ReconcileCounts } from '#domain/sync/reconcile.ts';
import type { ObserveResult } from './contact/observe-record.ts';
import type { PushedAtOnce } from './contact/push-at-once.ts';
import type { PushResult } from './contact/push-record.ts';
import type { ConfirmationResult } from './contact/send-confirmation.ts';
import type { DrainInput, DrainResult } from './delivery/drain-endpoint.ts';
import type { PruneResult } from './delivery/prune-deliveries.ts';
import type { EraseRecordsInput } from './erasure/erase-records.ts';
import type { ErasurePlan } from './erasure/plan-erasure.ts';
import type { ImportStep } from './imports/next-import-step.ts';
import type { DirectChannel } from './incidents/tell-operators.ts';
import type { GoLiveEnd, GoLivePage, GoLiveProgress } from './passes/go-live.ts';
import type { PollInput, PollResult } from './passes/poll-changes.ts';
import type { PrunedRecords } from './passes/prune-records.ts';
import type { BatchResult } from './passes/push-batch.ts';
import type { PageResult } from './passes/reconcile-page.ts';
import type { ReviewedPage } from './passes/review-page.ts';
import type { UndoEnd, UndoPageInput } from './undo/undo-go-live.ts';

/** Activities that call a provider; registered on the task queue of each provider. */
export interface ProviderActivities {
  observeRecord(input: ObserveActivityInput): Promise<ObserveActivityResult>;
  pushRecord(input: {
    contactId: string;
    provider: string;
    priority: Priority;
    arrival?: Arrival;
  }): Promise<PushResult & RecordIds>;
  reconcilePage(input: { runId: string; provider: string; cursor: string | null }): Promise<PageResult>;
  pollChanges(input: Omit<PollInput, 'cause'>): Promise<PollResult>;
  /** Histories from before the result existed hold none. */
  pushBatch(input: {
    runId: string | null;
    provider: string;
    contactIds: string[];
    stopsWhenRefused?: boolean;
  }): Promise<BatchResult>;
  undoBatch(input: { runIds: string[]; provider: string; linkIds: string[] }): Promise<void>;
  sendConfirmation(input: { submissionId: string }): Promise<ConfirmationResult>;
  eraseRecords(input: EraseRecordsInput): Promise<{ open: number }>;
}

export interface ObserveActivityInput {
  linkId: string;
  contactId?: string;
  priority: Priority;
  arrival?: Arrival;
  /**
   * Pushes at once to the providers that are out of step, except to these, whose lanes are at work. Omitted by a workflow that pushes
   * by its lanes only.
   */
  pushExcept?: string[];
}

/** `outOfStep` has the providers that are left to their lanes. */
export interface ObserveActivityResult extends Omit<ObserveResult, 'contactId'>, RecordIds {
  /** The pushes that this activity made itself. */
  pushed?: PushedAtOnce[];
}

/** Activities that use only the database; registered on the main task queue. */
export interface StoreActivities {
  /** Histories from before the result existed hold none. */
  recordParked(input: { contactId: string }): Promise<(Listing & RecordIds) | undefined>;
  startRun(input: { provider: string; trigger: string }): Promise<string>;
  completeRun(input: { runId: string; provider: string; acceptsLoss?: boolean }): Promise<ReconcileCounts>;
  failRun(input: { runId: string }): Promise<void>;
  listUnplacedContacts(input: { provider: string; after: string | null }): Promise<string[]>;
  hurryDeliveries(input: { endpointId: string }): Promise<void>;
  countDead(input: { filter: DeadLetterFilter }): Promise<number>;
  redriveDead(input: { filter: DeadLetterFilter; limit: number }): Promise<{ redriven: number }>;
  pruneWebhooks(input: { retention: RetentionDays }): Promise<PruneResult>;
  nextGoLivePage(input: GoLiveProgress): Promise<GoLivePage>;
  endGoLive(input: GoLiveEnd): Promise<void>;
  nextUndoPage(input: UndoPageInput): Promise<string[]>;
  endUndo(input: UndoEnd): Promise<void>;
  reviewPage(input: { after: string | null }): Promise<ReviewedPage>;
  nextImportStep(input: { importId: string }): Promise<ImportStep>;
  pruneRecords(input: { retention: RecordRetentionDays }): Promise<PrunedRecords>;
  planErasure(input: { erasureId: string }): Promise<ErasurePlan>;
  finishErasure(input: { erasureId: string }): Promise<{ isDone: boolean }>;
  watchIncidents(): Promise<{ channels: DirectChannel[] }>;
  tellOperators(input: { channel: DirectChannel }): Promise<{ told: number }>;
}

export type {
  ConfirmationResult,
  DeadLetterFilter,
  PrunedRecords,
  PruneResult,
  RecordRetentionDays,
  RetentionDays,
  ReviewedPage,
};

/** The activity that sends deliveries; registered on a task queue of its own. */
export interface DeliveryActivities {
  drainEndpoint(input: DrainInput): Promise<DrainResult & Listing>;
}

/** Whether a workflow may set search attributes: a namespace without them fails the workflow task. */
export interface Listing {
  isUnlisted?: true;
}

/** All records of the contact, for search attributes. Omitted where the namespace lacks the attribute, and by a push that made none. */
export interface RecordIds {
  externalIds?: string[];
}
