import {
  ActivityFailure,
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { contactActivities } from './contact-activities.ts';
import { Lane, type LaneWork } from './lane.ts';
import {
  type ContactChanged,
  contactChangedSignal,
  defaultTiming,
  type LaneError,
  type Priority,
  retryNowSignal,
  type SyncContactInput,
  type SyncState,
  syncNowUpdate,
  syncStateQuery,
} from './messages.ts';
import { showParked, showRecovered } from './parked-display.ts';

/**
 * Brings one contact in step. Each provider has a lane of its own, so that a dead one delays nobody else; the workflow ends when
 * every lane is idle. A lane that cannot go on parks: it stays open, visible, and wakes by `retryNow`, a new change, or in time.
 */
export async function syncContact(input: SyncContactInput): Promise<SyncState> {
  const timing = { ...defaultTiming, ...input.timing };
  const activities = contactActivities(input.taskQueuePrefix, timing);
  const lanes = new Map<string, Lane>();
  let broken: unknown;
  let passesLeft = timing.passesPerRun;

  setHandler(contactChangedSignal, accept, { description: 'A record or the contact itself changed.' });
  setHandler(retryNowSignal, retryNow, { description: 'Try every parked provider again, now. Takes no input.' });
  setHandler(syncStateQuery, state, { description: 'Where each provider stands for this contact.' });
  setHandler(syncNowUpdate, syncNow, { description: 'As contactChanged, answering when every provider came to rest.' });

  for (const carried of input.carried ?? []) {
    const lane = Lane.fromCarried(carried);
    lanes.set(lane.provider, lane);
    start(lane);
  }
  await condition(() => broken !== undefined || atRest());
  if (broken !== undefined) throw broken;
  if (allLanes().some((lane) => lane.hasWork)) {
    const carried = allLanes().flatMap((lane) => lane.carry() ?? []);
    await continueAsNew<typeof syncContact>({ ...input, carried });
  }
  return state();

  function accept(changed: ContactChanged): void {
    for (const { linkId, provider } of changed.observe)
      request(provider, (lane) => lane.requestObserve(linkId, changed.priority));
    for (const provider of changed.push) request(provider, (lane) => lane.requestPush(changed.priority));
  }

  function retryNow(): void {
    for (const lane of allLanes()) lane.wake();
  }

  async function syncNow(changed: ContactChanged): Promise<SyncState> {
    accept(changed);
    await condition(() => allLanes().every(({ status }) => status !== 'working'));
    return state();
  }

  function state(): SyncState {
    return { lanes: allLanes().map((lane) => lane.state()) };
  }

  /** A change to a lane also wakes it where it is parked: what changed may be just what was wrong. */
  function request(provider: string, ask: (lane: Lane) => void): void {
    const lane = lanes.get(provider) ?? new Lane(provider);
    lanes.set(provider, lane);
    ask(lane);
    lane.wake();
    start(lane);
  }

  function start(lane: Lane): void {
    if (lane.status !== 'idle') return;
    lane.status = 'working';
    drain(lane).catch((error) => {
      broken = error;
    });
  }

  async function drain(lane: Lane): Promise<void> {
    while (lane.hasWork && !isLong()) {
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

  async function pass(lane: Lane, work: LaneWork): Promise<void> {
    const { observeRecord, pushRecord } = activities(lane.provider, work.priority);
    for (const linkId of work.observe) {
      const { outOfStep } = await observeRecord({ linkId, priority: work.priority });
      for (const provider of outOfStep) requestPush(provider, work.priority);
    }
    if (work.push) await pushRecord({ contactId: input.contactId, provider: lane.provider, priority: work.priority });
  }

  function requestPush(provider: string, priority: Priority): void {
    request(provider, (lane) => lane.requestPush(priority));
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
    lane.error = toLaneError(lane, error);
    lane.parkedSince ??= Date.now();
    if (Date.now() - lane.parkedSince >= timing.giveUp) throw gaveUp(lane.error);
    log.warn('Lane parked', { provider: lane.provider, errorType: lane.error.type });
    await activities.recordParked({ contactId: input.contactId });
    showParked(allLanes());
    await condition(() => lane.isWoken || isLong(), Math.min(timing.parkedRetry, timing.giveUp));
    lane.status = 'working';
  }

  function recover(lane: Lane): void {
    if (lane.error === null) return;
    lane.error = null;
    lane.parkedSince = null;
    showRecovered(allLanes());
  }

  function allLanes(): Lane[] {
    return [...lanes.values()];
  }

  function atRest(): boolean {
    return allHandlersFinished() && allLanes().every((lane) => lane.status === 'idle');
  }

  /** A long history is handed over to a fresh run, between two passes. */
  function isLong(): boolean {
    return passesLeft <= 0 || workflowInfo().continueAsNewSuggested;
  }
}

function toLaneError(lane: Lane, error: unknown): LaneError {
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  const operation = error instanceof ActivityFailure ? error.activityType : 'sync';
  return {
    type: cause instanceof ApplicationFailure ? (cause.type ?? 'Error') : ((cause as Error).name ?? 'Error'),
    operation: `${operation} at ${lane.provider}`,
    message: (cause as Error).message,
    parkedAt: new Date().toISOString(),
  };
}

function gaveUp({ type, operation, message }: LaneError): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${operation} never succeeded: ${message} (${type})`, 'SyncGaveUp');
}
