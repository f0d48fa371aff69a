import type { Priority } from '#domain/priority.ts';
import { priorities } from '#domain/priority.ts';
import type { CarriedLane, LaneError, LaneState } from '#workflows/messages.ts';

/** What one provider still has to do for one contact. Changes that arrive while it works add up to one further pass. */
export class Lane {
  readonly provider: string;
  status: LaneState['status'] = 'idle';
  error: LaneError | null = null;
  /** When the lane parked first, in milliseconds; kept while tries in between fail again. */
  parkedSince: number | null = null;
  passes = 0;
  lastPassAt = 0;
  private observe = new Set<string>();
  /** Records to read again, and when. */
  private later = new Map<string, number>();
  private push = false;
  private priority: Priority = priorities.bulk;
  private wokenByPerson = false;

  constructor(provider: string) {
    this.provider = provider;
  }

  get hasWork(): boolean {
    return this.push || this.observe.size > 0;
  }

  /** When the next record is to be read again; null when none is. */
  get nextAt(): number | null {
    return this.later.size === 0 ? null : Math.min(...this.later.values());
  }

  get isWoken(): boolean {
    return this.wokenByPerson;
  }

  requestObserve(linkId: string, priority: Priority): void {
    this.observe.add(linkId);
    this.raise(priority);
  }

  /** What was seen is not to be believed yet. */
  readAgain(linkId: string, at: number): void {
    this.later.set(linkId, at);
  }

  /** Makes work of what was to be read again by now. */
  resume(now: number): void {
    for (const [linkId, at] of this.later) {
      if (at > now) continue;
      this.later.delete(linkId);
      this.requestObserve(linkId, priorities.bulk);
    }
  }

  requestPush(priority: Priority): void {
    this.push = true;
    this.raise(priority);
  }

  /** Ends a wait in the parking place: somebody asked, or something changed. */
  wake(): void {
    this.wokenByPerson = true;
  }

  /** Everything that is to be done, at the priority of the most urgent of it. The lane is empty afterwards. */
  take(): LaneWork {
    const work = { observe: [...this.observe], push: this.push, priority: this.priority };
    this.observe.clear();
    this.push = false;
    this.priority = priorities.bulk;
    this.wokenByPerson = false;
    return work;
  }

  /** Puts back what could not be done. */
  giveBack({ observe, push, priority }: LaneWork): void {
    for (const linkId of observe) this.observe.add(linkId);
    this.push ||= push;
    this.raise(priority);
  }

  state(): LaneState {
    return { provider: this.provider, status: this.status, passes: this.passes, error: this.error };
  }

  /** What the next run of the workflow needs, or null for a lane at rest. */
  carry(): CarriedLane | null {
    if (!this.hasWork && this.later.size === 0) return null;
    const { provider, observe, push, priority, error, parkedSince, later } = this;
    const waiting = later.size === 0 ? {} : { later: [...later] };
    return { provider, observe: [...observe], push, priority, error, parkedSince, ...waiting };
  }

  static fromCarried(carried: CarriedLane): Lane {
    const lane = new Lane(carried.provider);
    lane.giveBack(carried);
    for (const [linkId, at] of carried.later ?? []) lane.readAgain(linkId, at);
    lane.error = carried.error;
    lane.parkedSince = carried.parkedSince;
    return lane;
  }

  private raise(priority: Priority): void {
    if (priority < this.priority) this.priority = priority;
  }
}

export interface LaneWork {
  observe: string[];
  push: boolean;
  priority: Priority;
}
