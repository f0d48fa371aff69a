import type { Arrival } from '#domain/sync/contact-changed.ts';
import { type Priority, priorities } from '#domain/sync/priority.ts';
import type { CarriedLane, LaneError, LaneState } from '#workflows/messages.ts';

export interface LaneWork {
  /** Links whose record must be read. */
  observe: string[];
  push: boolean;
  priority: Priority;
  arrival?: Arrival | undefined;
}

type Cause = Pick<LaneWork, 'priority' | 'arrival'>;

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
  #arrival: Arrival | undefined;
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

  requestObserve(linkId: string, cause: Cause): void {
    this.#observe.add(linkId);
    this.#add(cause);
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
      this.requestObserve(linkId, { priority: priorities.bulk });
    }
  }

  requestPush(cause: Cause): void {
    this.#push = true;
    this.#add(cause);
  }

  /** Ends the wait of a parked lane. */
  wake(): void {
    this.#isWoken = true;
  }

  /** Takes all pending work, at the priority of its most urgent part, with the oldest arrival. */
  take(): LaneWork {
    const work = { observe: [...this.#observe], push: this.#push, priority: this.#priority, arrival: this.#arrival };
    this.#observe.clear();
    this.#push = false;
    this.#priority = priorities.bulk;
    this.#arrival = undefined;
    this.#isWoken = false;
    return work;
  }

  /** Puts back work whose pass failed. */
  restore({ observe, push, ...cause }: LaneWork): void {
    for (const linkId of observe) this.#observe.add(linkId);
    this.#push ||= push;
    this.#add(cause);
  }

  state(): LaneState {
    return { provider: this.provider, status: this.status, passes: this.passes, error: this.error };
  }

  /** The state that the next run of the workflow takes over; null for a lane without pending work. */
  carry(): CarriedLane | null {
    if (!this.hasWork && this.#rereads.size === 0) return null;
    const { provider, error, parkedSince } = this;
    const work = { observe: [...this.#observe], push: this.#push, priority: this.#priority };
    const later = this.#rereads.size === 0 ? {} : { later: [...this.#rereads] };
    return { provider, ...work, error, parkedSince, ...later, ...(this.#arrival && { arrival: this.#arrival }) };
  }

  static fromCarried(carried: CarriedLane): Lane {
    const lane = new Lane(carried.provider);
    lane.restore(carried);
    for (const [linkId, at] of carried.later ?? []) lane.readAgain(linkId, at);
    lane.error = carried.error;
    lane.parkedSince = carried.parkedSince;
    return lane;
  }

  #add({ priority, arrival }: Cause): void {
    if (priority < this.#priority) this.#priority = priority;
    if (arrival && (this.#arrival === undefined || arrival.at < this.#arrival.at)) this.#arrival = arrival;
  }
}
