import { Context } from '@temporalio/activity';
import { findContact, setSyncStatus } from '#db/contacts/contacts.ts';
import { listRecordIds } from '#db/contacts/record-ids.ts';
import { countDeadLetters, redriveDeadLetters } from '#db/delivery/dead-letters.ts';
import { makeAllDueNow } from '#db/delivery/endpoint-health.ts';
import type { Arrival } from '#domain/sync/contact-changed.ts';
import { priorities } from '#domain/sync/priority.ts';
import { callOptions, cause, execution, heartbeat, isLastAttempt, owner, withHeartbeats } from './activity-context.ts';
import { observeRecord } from './contact/observe-record.ts';
import { createPushAtOnce, type PushedAtOnce } from './contact/push-at-once.ts';
import { type PushResult, pushRecord } from './contact/push-record.ts';
import { sendConfirmation } from './contact/send-confirmation.ts';
import type { DeliveryDeps } from './delivery/delivery-deps.ts';
import { drainEndpoint } from './delivery/drain-endpoint.ts';
import { pruneDeliveries } from './delivery/prune-deliveries.ts';
import type { ActivityDeps } from './deps.ts';
import { eraseRecords } from './erasure/erase-records.ts';
import { finishErasure } from './erasure/finish-erasure.ts';
import { planErasure } from './erasure/plan-erasure.ts';
import { toFailure } from './failures.ts';
import { nextImportStep } from './imports/next-import-step.ts';
import { tellOperators } from './incidents/tell-operators.ts';
import { watchIncidents } from './incidents/watch-incidents.ts';
import type { DeliveryActivities, Listing, ProviderActivities, RecordIds, StoreActivities } from './interfaces.ts';
import { endGoLive, nextGoLivePage } from './passes/go-live.ts';
import { pollChanges } from './passes/poll-changes.ts';
import { pruneRecords } from './passes/prune-records.ts';
import { pushBatch } from './passes/push-batch.ts';
import { reconcilePage } from './passes/reconcile-page.ts';
import { completeRun, failRun, listUnplacedContacts, startRun } from './passes/reconcile-run.ts';
import { reviewPage } from './passes/review-page.ts';
import { endUndo, nextUndoPage, undoBatch } from './undo/undo-go-live.ts';

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
      nextImportStep: (input) =>
        withHeartbeats(() => nextImportStep(deps, input, { cause: cause(), isLastAttempt: isLastAttempt() })),
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

function deliveryActivities(deps: DeliveryDeps, listing: () => Promise<Listing>): DeliveryActivities {
  return {
    drainEndpoint: (input) =>
      withHeartbeats(async () => {
        const { cancellationSignal, info } = Context.current();
        return { ...(await drainEndpoint(deps, input, cancellationSignal, info.taskToken)), ...(await listing()) };
      }),
  };
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
