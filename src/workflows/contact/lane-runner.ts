import { condition, isCancellation, log, sleep, workflowInfo } from '@temporalio/workflow';
import { inWords } from '#workflows/in-words.ts';
import { defaultTiming, type SyncContactInput, type SyncTiming } from '#workflows/messages.ts';
import { providerName } from '#workflows/provider-names.ts';
import { type ContactActivities, contactActivities } from './contact-activities.ts';
import { listExternalIds } from './external-ids.ts';
import type { Lane, LaneWork } from './lane.ts';
import { gaveUp, toLaneError } from './lane-error.ts';
import type { Lanes } from './lanes.ts';
import { showParked, showRecovered } from './parked-display.ts';

/** Runs the lanes of one contact: passes of reads and a push, and the waits between them. */
export class LaneRunner {
  readonly #contactId: string;
  readonly #timing: SyncTiming;
  readonly #activities: ContactActivities;
  readonly #lanes: Lanes;
  #passesLeft: number;
  #isUnlisted: boolean;

  constructor({ contactId, taskQueuePrefix, timing, isUnlisted = false }: SyncContactInput, lanes: Lanes) {
    this.#contactId = contactId;
    this.#timing = { ...defaultTiming, ...timing };
    this.#activities = contactActivities(taskQueuePrefix, this.#timing);
    this.#lanes = lanes;
    this.#passesLeft = this.#timing.passesPerRun;
    this.#isUnlisted = isUnlisted;
  }

  /** Works until the lane is idle, or until this run of the workflow must hand over. Rejects when the workflow must fail. */
  async run(lane: Lane): Promise<void> {
    while (!this.#mustHandOver()) {
      const { nextReadAt } = lane;
      if (!lane.hasWork) {
        if (nextReadAt === null) break;
        await this.#waitForWork(lane, nextReadAt);
        continue;
      }
      await this.#spacePass(lane);
      const work = lane.take();
      lane.passes += 1;
      this.#passesLeft -= 1;
      try {
        await this.#pass(lane, work);
        this.#recover(lane);
      } catch (error) {
        if (isCancellation(error)) throw error;
        lane.restore(work);
        await this.#park(lane, error, work.arrival?.traceparent);
      }
    }
    lane.status = 'idle';
  }

  /** The state that the next run needs beside the lanes. */
  carry(): Pick<SyncContactInput, 'isUnlisted'> {
    return this.#isUnlisted ? { isUnlisted: true } : {};
  }

  /** Between two passes, before the history grows too long: the next run takes over with an empty one. */
  #mustHandOver(): boolean {
    return this.#passesLeft <= 0 || workflowInfo().continueAsNewSuggested;
  }

  /** Waits until a record must be read again, or other work arrives. */
  async #waitForWork(lane: Lane, until: number): Promise<void> {
    lane.status = 'waiting';
    const wait = until - Date.now();
    const summary = `${providerName(lane.provider)}: read again in ${inWords(wait)}`;
    if (wait > 0) await condition(() => lane.hasWork || this.#mustHandOver(), wait, { summary });
    lane.requestDueReads(Date.now());
    lane.status = 'working';
  }

  /** Spaces the passes of a burst further and further apart: many events for one record end in a few reads. */
  async #spacePass(lane: Lane): Promise<void> {
    const { passSpacing } = this.#timing;
    const spacing = passSpacing[Math.min(lane.passes, passSpacing.length - 1)] ?? 0;
    const wait = lane.lastPassAt + spacing - Date.now();
    if (lane.passes > 0 && wait > 0 && lane.error === null) {
      await sleep(wait, { summary: `${providerName(lane.provider)}: wait ${inWords(wait)} for more of a burst of changes` });
    }
    lane.lastPassAt = Date.now();
  }

  async #pass(lane: Lane, { observe, push, priority, arrival }: LaneWork): Promise<void> {
    const { provider } = lane;
    const contactId = this.#contactId;
    const { observeRecord, pushRecord } = this.#activities.ofProvider(provider, priority);
    for (const linkId of observe) {
      const input = { linkId, contactId, priority, ...(arrival && { arrival }), pushExcept: this.#lanes.listAtWork() };
      const { outOfStep, againAfterMs, externalIds } = await observeRecord(input);
      if (externalIds) listExternalIds(externalIds, 'external-ids-of-a-read');
      for (const target of outOfStep) this.#lanes.requestPush(target, { priority, arrival });
      if (againAfterMs !== undefined) lane.readAgain(linkId, Date.now() + againAfterMs);
    }
    if (!push) return;
    const { outOfStep, again, externalIds } = await pushRecord({ contactId, provider, priority, ...(arrival && { arrival }) });
    if (externalIds) listExternalIds(externalIds, 'external-ids');
    // Running histories may hold results from before pushes reported `outOfStep`.
    for (const target of outOfStep ?? []) this.#lanes.requestPush(target, { priority, arrival });
    if (again) lane.readAgain(again.linkId, Date.now() + again.afterMs);
  }

  #recover(lane: Lane): void {
    if (lane.error === null) return;
    lane.error = null;
    lane.parkedSince = null;
    showRecovered(this.#lanes.all, { isUnlisted: this.#isUnlisted });
  }

  /** Waits until `retryNow`, a new change or a timer wakes the lane. Throws when it has been parked for too long. */
  async #park(lane: Lane, error: unknown, traceparent: string | undefined): Promise<void> {
    const { giveUp, parkedRetry } = this.#timing;
    lane.status = 'parked';
    lane.error = toLaneError(lane.provider, error);
    lane.parkedSince ??= Date.now();
    if (Date.now() - lane.parkedSince >= giveUp) throw gaveUp(lane.error);
    // The trace id, as the log lines of the api and of activities have it.
    const traceId = traceparent?.slice(3, 35);
    log.warn('Lane parked', { provider: lane.provider, errorType: lane.error.type, traceId });
    const recordParked = this.#activities.recordParked(lane.provider, lane.error);
    const { isUnlisted = false, externalIds } = (await recordParked({ contactId: this.#contactId })) ?? {};
    this.#isUnlisted = isUnlisted;
    const retryMs = Math.min(parkedRetry, giveUp);
    showParked(this.#lanes.all, { isUnlisted, externalIds, retryMs });
    const summary = `${providerName(lane.provider)} parked (${lane.error.type}): retry in ${inWords(retryMs)}, or on the signal retryNow`;
    await condition(() => lane.isWoken || this.#mustHandOver(), retryMs, { summary });
    lane.status = 'working';
  }
}
