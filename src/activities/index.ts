import { Context } from '@temporalio/activity';
import { findContact, setSyncStatus } from '#db/contacts/contacts.ts';
import { listRecordIds } from '#db/contacts/record-ids.ts';
import { countDeadLetters, type DeadLetterFilter, redriveDeadLetters } from '#db/delivery/dead-letters.ts';
import { makeAllDueNow } from '#db/delivery/endpoint-health.ts';
import type { RetentionDays } from '#db/delivery/prune.ts';
import type { RecordRetentionDays } from '#db/sync/prune.ts';
import type { Arrival } from '#domain/sync/contact-changed.ts';
import { type Priority, priorities } from '#domain/sync/priority.ts';
import type { ReconcileCounts } from '#domain/sync/reconcile.ts';
import { type ObserveResult, observeRecord } from './contact/observe-record.ts';
import { createPushAtOnce, type PushedAtOnce } from './contact/push-at-once.ts';
import { type PushResult, pushRecord } from './contact/push-record.ts';
import { type ConfirmationResult, sendConfirmation } from './contact/send-confirmation.ts';
import type { DeliveryDeps } from './delivery/delivery-deps.ts';
import { type DrainInput, type DrainResult, drainEndpoint } from './delivery/drain-endpoint.ts';
import { type PruneResult, pruneDeliveries } from './delivery/prune-deliveries.ts';
import type { ActivityCall, ActivityDeps } from './deps.ts';
import { type EraseRecordsInput, eraseRecords } from './erasure/erase-records.ts';
import { finishErasure } from './erasure/finish-erasure.ts';
import { type ErasurePlan, planErasure } from './erasure/plan-erasure.ts';
import { toFailure } from './failures.ts';
import { type ImportStep, nextImportStep } from './imports/next-import-step.ts';
import { type DirectChannel, tellOperators } from './incidents/tell-operators.ts';
import { watchIncidents } from './incidents/watch-incidents.ts';
import { endGoLive, type GoLiveEnd, type GoLivePage, type GoLiveProgress, nextGoLivePage } from './passes/go-live.ts';
import { type PollInput, type PollResult, pollChanges } from './passes/poll-changes.ts';
import { type PrunedRecords, pruneRecords } from './passes/prune-records.ts';
import { type BatchResult, pushBatch } from './passes/push-batch.ts';
import { type PageResult, reconcilePage } from './passes/reconcile-page.ts';
import { completeRun, failRun, listUnplacedContacts, startRun } from './passes/reconcile-run.ts';
import { type ReviewedPage, reviewPage } from './passes/review-page.ts';
import { endUndo, nextUndoPage, type UndoEnd, type UndoPageInput, undoBatch } from './undo/undo-go-live.ts';

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

/** The activities of this process, by the task queue that they are registered on. */
export function createActivities(deps: ActivityDeps): Activities {
  const listing = async (): Promise<Listing> => ((await deps.listable?.())?.states === false ? { isUnlisted: true } : {});
  const recordIds = async (contactId: string): Promise<RecordIds> =>
    (await deps.listable?.())?.externalIds === false ? {} : { externalIds: await listRecordIds(deps.db, contactId) };
  const newRecordIds = async (contactId: string, pushed: readonly Pick<PushResult, 'outcome'>[]): Promise<RecordIds> =>
    pushed.some(({ outcome }) => outcome === 'created' || outcome === 'adopted') ? recordIds(contactId) : {};
  const pushAtOnce = createPushAtOnce(deps);
  const noteSynced = (arrival: Arrival | undefined, pushed: readonly PushedAtOnce[]): void => {
    if (!arrival) return;
    const seconds = (deps.now().getTime() - arrival.at) / 1_000;
    for (const { provider, outcome } of pushed) if (isWrite(outcome)) deps.onSynced?.(provider, seconds);
  };
  return {
    provider: mapFailures({
      async observeRecord({ priority, pushExcept, arrival, ...input }) {
        const call = callOptions(priority);
        const observation = { ...input, ...(arrival && { arrival }), cause: cause(), mayBeKnown: true };
        const { contactId, ...result } = await observeRecord(deps, observation, call);
        if (!pushExcept || result.outOfStep.length === 0) return result;
        const push = { contactId, outOfStep: result.outOfStep, except: pushExcept, cause: cause(), owner: owner() };
        const { pushed, outOfStep } = await pushAtOnce(push, call);
        noteSynced(arrival, pushed);
        return { ...result, outOfStep, pushed, ...(await newRecordIds(contactId, pushed)) };
      },
      async pushRecord({ contactId, provider, priority, arrival }) {
        const input = { contactId, provider, cause: cause(), owner: owner() };
        const result = await pushRecord(deps, input, callOptions(priority));
        noteSynced(arrival, [{ provider, outcome: result.outcome }]);
        return { ...result, ...(await newRecordIds(contactId, [result])) };
      },
      reconcilePage: (input) => reconcilePage(deps, { ...input, cause: cause() }, callOptions(priorities.bulk), heartbeat),
      pollChanges: (input) => pollChanges(deps, { ...input, cause: cause() }, callOptions(priorities.poll), heartbeat),
      pushBatch: (input) =>
        withHeartbeats(() => pushBatch(deps, { ...input, cause: cause(), owner: owner() }, callOptions(priorities.bulk))),
      undoBatch: (input) =>
        withHeartbeats(() => undoBatch(deps, { ...input, cause: cause(), owner: owner() }, callOptions(priorities.bulk))),
      sendConfirmation: (input) => sendConfirmation(deps, input, callOptions(priorities.live)),
      eraseRecords: (input) => withHeartbeats(() => eraseRecords(deps, input, callOptions(priorities.live))),
    }),
    store: mapFailures({
      async recordParked({ contactId }) {
        const contact = await findContact(deps.db, contactId);
        if (contact && contact.erasureId === null) await setSyncStatus(deps.db, contactId, 'failed');
        return { ...(await listing()), ...(await recordIds(contactId)) };
      },
      startRun: ({ provider, trigger }) => {
        const { workflowId, runId } = execution();
        return startRun(deps, { provider, trigger, workflowId, workflowRunId: runId });
      },
      completeRun: (input) => withHeartbeats(() => completeRun(deps, input)),
      failRun: (input) => failRun(deps, input),
      listUnplacedContacts: (input) => withHeartbeats(() => listUnplacedContacts(deps, input)),
      hurryDeliveries: ({ endpointId }) => makeAllDueNow(deps.db, endpointId),
      countDead: async ({ filter }) => (await countDeadLetters(deps.db, filter)).redrivable,
      pruneWebhooks: ({ retention }) => {
        const { exportDirectory = null } = deps;
        return pruneDeliveries(deps.db, { retention, exportDirectory, now: deps.now(), onProgress: heartbeat });
      },
      nextGoLivePage: (input) => withHeartbeats(() => nextGoLivePage(deps, input)),
      endGoLive: (input) => endGoLive(deps, input),
      nextUndoPage: (input) => withHeartbeats(() => nextUndoPage(deps, input)),
      endUndo: (input) => endUndo(deps, input),
      nextImportStep: (input) => withHeartbeats(() => nextImportStep(deps, input, { cause: cause(), ...attempt() })),
      reviewPage: ({ after }) => reviewPage(deps, { after, cause: cause() }, heartbeat),
      pruneRecords: ({ retention }) => pruneRecords(deps.db, { retention, now: deps.now(), onProgress: heartbeat }),
      planErasure: (input) => withHeartbeats(() => planErasure(deps, input)),
      finishErasure: (input) => withHeartbeats(() => finishErasure(deps, input)),
      watchIncidents: async () => (deps.incidents ? watchIncidents(deps, deps.incidents) : { channels: [] }),
      tellOperators: async (input) => (deps.incidents ? tellOperators(deps, deps.incidents, input) : { told: 0 }),
      redriveDead: async (input) => ({ redriven: (await redriveDeadLetters(deps.db, input)).length }),
    }),
    delivery: deps.delivery ? mapFailures(deliveryActivities(deps.delivery, listing)) : null,
  };
}

function isWrite(outcome: PushResult['outcome']): boolean {
  return outcome === 'created' || outcome === 'adopted' || outcome === 'updated';
}

interface Activities {
  provider: ProviderActivities;
  store: StoreActivities;
  delivery: DeliveryActivities | null;
}

/** The SDK throttles heartbeats: the server receives one every few seconds. */
const heartbeatEveryMs = 1_000;

function deliveryActivities(deps: DeliveryDeps, listing: () => Promise<Listing>): DeliveryActivities {
  return {
    drainEndpoint: (input) =>
      withHeartbeats(async () => {
        const { cancellationSignal, info } = Context.current();
        return { ...(await drainEndpoint(deps, input, cancellationSignal, info.taskToken)), ...(await listing()) };
      }),
  };
}

/**
 * An attempt sends nothing once Temporal may have started the next one: both have the same lease, and two creates of one record would
 * make two.
 */
function callOptions(priority: Priority): ActivityCall {
  const { cancellationSignal, info } = Context.current();
  const deadline = AbortSignal.timeout(info.startToCloseTimeoutMs - Math.min(2_000, info.startToCloseTimeoutMs / 10));
  return { priority, signal: AbortSignal.any([cancellationSignal, deadline]), isRetry: info.attempt > 1 };
}

/** Runs `work` with a sign of life every second: a dead worker is noticed while one record, or one listing, may take long. */
async function withHeartbeats<Result>(work: () => Promise<Result>): Promise<Result> {
  const timer = setInterval(heartbeat, heartbeatEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** One row that cannot be stored must not stop an import for good. */
const attemptsPerPage = 5;

function attempt(): { isLastAttempt: boolean } {
  return { isLastAttempt: Context.current().info.attempt >= attemptsPerPage };
}

function heartbeat(): void {
  Context.current().heartbeat();
}

function execution(): { workflowId: string; runId: string } {
  const { workflowExecution } = Context.current().info;
  if (!workflowExecution) throw new Error('This activity runs only inside a workflow');
  return workflowExecution;
}

/** The workflow and run id: they lead from a row of the history to a page of the Web UI. */
function cause(): string {
  const { workflowId, runId } = execution();
  return `${workflowId}/${runId}`;
}

/** The lease owner: the same for every attempt of one activity, so that a retry takes over its own lease. */
function owner(): string {
  return `${execution().runId}/${Context.current().info.activityId}`;
}

/** Wraps every activity so that its errors pass through `toFailure`. */
function mapFailures<Activities extends object>(activities: Activities): Activities {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (input: unknown) => {
      try {
        return await activity(input);
      } catch (error) {
        throw toFailure(error, name);
      }
    },
  ]);
  return Object.fromEntries(wrapped);
}
