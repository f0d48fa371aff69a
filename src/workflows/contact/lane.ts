import { type Priority, priorities } from '#domain/sync/priority.ts';
import type { CarriedLane, LaneError, LaneState } from '#workflows/messages.ts';

export interface LaneWork {
  /** Links whose record must be read. */
  observe: string[];
  push: boolean;
  priority: Priority;
}

/** The pending work of one provider for one contact. Changes that arrive during a pass add up to one further pass. */
export class Lane {
  readonly provider: string;
  status: LaneState['status'] = 'idle';
  error: LaneError | null = null;
  /** When the lane parked first, in milliseconds; kept while retries fail again. */
  parkedSince: number | null = null;
  passes = 0;
  lastPassAt = 0;
  readonly #observe = new Set<string>();
  /** Links whose record must be read again, and when, in milliseconds. */
  readonly #rereads = new Map<string, number>();
  #push = false;
  #priority: Priority = priorities.bulk;
  #isWoken = false;

  constructor(provider: string) {
    this.provider = provider;
  }

  get hasWork(): boolean {
    return this.#push || this.#observe.size > 0;
  }

  /** When the next record must be read again, in milliseconds; null when none must. */
  get nextReadAt(): number | null {
    return this.#rereads.size === 0 ? null : Math.min(...this.#rereads.values());
  }

  get isWoken(): boolean {
    return this.#isWoken;
  }

  requestObserve(linkId: string, priority: Priority): void {
    this.#observe.add(linkId);
    this.#raise(priority);
  }

  /** Schedules another read of a record: a single stale or missing answer is not trusted. */
  readAgain(linkId: string, at: number): void {
    this.#rereads.set(linkId, at);
  }

  /** Requests the reads that are due. */
  requestDueReads(now: number): void {
    for (const [linkId, at] of this.#rereads) {
      if (at > now) continue;
      this.#rereads.delete(linkId);
      this.requestObserve(linkId, priorities.bulk);
    }
  }

  requestPush(priority: Priority): void {
    this.#push = true;
    this.#raise(priority);
  }

  /** Ends the wait of a parked lane. */
  wake(): void {
    this.#isWoken = true;
  }

  /** Takes all pending work, at the priority of its most urgent part. */
  take(): LaneWork {
    const work = { observe: [...this.#observe], push: this.#push, priority: this.#priority };
    this.#observe.clear();
    this.#push = false;
    this.#priority = priorities.bulk;
    this.#isWoken = false;
    return work;
  }

  /** Puts back work whose pass failed. */
  restore({ observe, push, priority }: LaneWork): void {
    for (const linkId of observe) this.#observe.add(linkId);
    this.#push ||= push;
    this.#raise(priority);
  }

  state(): LaneState {
    return { provider: this.provider, status: this.status, passes: this.passes, error: this.error };
  }

  /** The state that the next run of the workflow takes over; null for a lane without pending work. */
  carry(): CarriedLane | null {
    if (!this.hasWork && this.#rereads.size === 0) return null;
    const { provider, error, parkedSince } = this;
    const later = this.#rereads.size === 0 ? {} : { later: [...this.#rereads] };
    return { provider, observe: [...this.#observe], push: this.#push, priority: this.#priority, error, parkedSince, ...later };
  }

  static fromCarried(carried: CarriedLane): Lane {
    const lane = new Lane(carried.provider);
    lane.restore(carried);
    for (const [linkId, at] of carried.later ?? []) lane.readAgain(linkId, at);
    lane.error = carried.error;
    lane.parkedSince = carried.parkedSince;
    return lane;
  }

  #raise(priority: Priority): void {
    if (priority < this.#priority) this.#priority = priority;
  }
}
