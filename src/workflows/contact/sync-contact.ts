import {
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import {
  contactChangedSignal,
  defaultTiming,
  retryNowSignal,
  type SyncContactInput,
  type SyncState,
  syncNowUpdate,
  syncStateQuery,
} from '#workflows/messages.ts';
import { contactActivities } from './contact-activities.ts';
import type { Lane, LaneWork } from './lane.ts';
import { gaveUp, toLaneError } from './lane-error.ts';
import { Lanes } from './lanes.ts';
import { showParked, showRecovered } from './parked-display.ts';

/**
 * Brings one contact in step. Each provider has a lane of its own, so that a dead one delays nobody else; the workflow ends when
 * every lane is idle. A lane that cannot go on parks: it stays open, visible, and wakes by `retryNow`, a new change, or in time.
 */
export async function syncContact(input: SyncContactInput): Promise<SyncState> {
  const timing = { ...defaultTiming, ...input.timing };
  const activities = contactActivities(input.taskQueuePrefix, timing);
  const lanes = new Lanes(drain);
  let passesLeft = timing.passesPerRun;
  listen(lanes);

  lanes.resume(input.carried ?? []);
  await condition(() => lanes.failure !== null || (allHandlersFinished() && lanes.areIdle()));
  if (lanes.failure) throw lanes.failure.error;
  const carried = lanes.carry();
  if (carried.length > 0) await continueAsNew<typeof syncContact>({ ...input, carried });
  return lanes.state();

  async function drain(lane: Lane): Promise<void> {
    while ((lane.hasWork || lane.nextAt !== null) && !isLong()) {
      if (!lane.hasWork) {
        await rest(lane, lane.nextAt as number);
        continue;
      }
      await keepApart(lane);
      const work = lane.take();
      lane.passes += 1;
      passesLeft -= 1;
      try {
        await pass(lane, work);
        recover(lane);
      } catch (error) {
        if (isCancellation(error)) throw error;
        lane.giveBack(work);
        await park(lane, error);
      }
    }
    lane.status = 'idle';
  }

  async function pass(lane: Lane, { observe, push, priority }: LaneWork): Promise<void> {
    const { provider } = lane;
    const { contactId } = input;
    const { observeRecord, pushRecord } = activities(provider, priority);
    for (const linkId of observe) {
      const { outOfStep, againAfterMs } = await observeRecord({ linkId, contactId, priority });
      for (const target of outOfStep) lanes.requestPush(target, priority);
      if (againAfterMs !== undefined) lane.readAgain(linkId, Date.now() + againAfterMs);
    }
    if (!push) return;
    const { outOfStep, again } = await pushRecord({ contactId, provider, priority });
    // Histories from before providers were equals have no such list.
    for (const target of outOfStep ?? []) lanes.requestPush(target, priority);
    if (again) lane.readAgain(again.linkId, Date.now() + again.afterMs);
  }

  /** Until a record is to be read once more, or there is something else to do. */
  async function rest(lane: Lane, until: number): Promise<void> {
    lane.status = 'waiting';
    if (until > Date.now()) await condition(() => lane.hasWork || isLong(), until - Date.now());
    lane.resume(Date.now());
    lane.status = 'working';
  }

  /** A burst of events for one record ends in a few reads: the first at once, the next ones further and further apart. */
  async function keepApart(lane: Lane): Promise<void> {
    const spacing = timing.passSpacing[Math.min(lane.passes, timing.passSpacing.length - 1)] ?? 0;
    const wait = lane.lastPassAt + spacing - Date.now();
    if (lane.passes > 0 && wait > 0 && lane.error === null) await sleep(wait);
    lane.lastPassAt = Date.now();
  }

  async function park(lane: Lane, error: unknown): Promise<void> {
    lane.status = 'parked';
    lane.error = toLaneError(lane.provider, error);
    lane.parkedSince ??= Date.now();
    if (Date.now() - lane.parkedSince >= timing.giveUp) throw gaveUp(lane.error);
    log.warn('Lane parked', { provider: lane.provider, errorType: lane.error.type });
    await activities.recordParked({ contactId: input.contactId });
    showParked(lanes.all);
    await condition(() => lane.isWoken || isLong(), Math.min(timing.parkedRetry, timing.giveUp));
    lane.status = 'working';
  }

  function recover(lane: Lane): void {
    if (lane.error === null) return;
    lane.error = null;
    lane.parkedSince = null;
    showRecovered(lanes.all);
  }

  /** A long history is handed over to a fresh run, between two passes. */
  function isLong(): boolean {
    return passesLeft <= 0 || workflowInfo().continueAsNewSuggested;
  }
}

/** What the Web UI, the api and the ingress may say and ask. */
function listen(lanes: Lanes): void {
  setHandler(contactChangedSignal, (changed) => lanes.accept(changed), {
    description: 'A record or the contact itself changed.',
  });
  setHandler(retryNowSignal, () => lanes.wake(), {
    description: 'Try every parked provider again, now. Takes no input.',
  });
  setHandler(syncStateQuery, () => lanes.state(), {
    description: 'Where each provider stands for this contact.',
  });
  setHandler(
    syncNowUpdate,
    async (changed) => {
      lanes.accept(changed);
      await condition(() => lanes.areAtRest());
      return lanes.state();
    },
    { description: 'As contactChanged, answering when every provider came to rest.' },
  );
}
