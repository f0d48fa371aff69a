import type { ContactChanged } from '#domain/contact-changed.ts';
import type { Priority } from '#domain/priority.ts';
import type { CarriedLane, SyncState } from '#workflows/messages.ts';
import { Lane } from './lane.ts';

/** All lanes of one contact. A lane that gets work starts by itself, and ends when it has none. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #drain: (lane: Lane) => Promise<void>;
  /** What a lane could not survive; the workflow ends with it. */
  failure: { error: unknown } | null = null;

  constructor(drain: (lane: Lane) => Promise<void>) {
    this.#drain = drain;
  }

  get all(): Lane[] {
    return [...this.#lanes.values()];
  }

  accept({ observe, push, priority }: ContactChanged): void {
    for (const { linkId, provider } of observe) this.#request(provider, (lane) => lane.requestObserve(linkId, priority));
    for (const provider of push) this.requestPush(provider, priority);
  }

  requestPush(provider: string, priority: Priority): void {
    this.#request(provider, (lane) => lane.requestPush(priority));
  }

  /** Takes over what an earlier run of the workflow left. */
  resume(carried: readonly CarriedLane[]): void {
    for (const each of carried) {
      const lane = Lane.fromCarried(each);
      this.#lanes.set(lane.provider, lane);
      this.#start(lane);
    }
  }

  /** Ends every wait in the parking place. */
  wake(): void {
    for (const lane of this.all) lane.wake();
  }

  state(): SyncState {
    return { lanes: this.all.map((lane) => lane.state()) };
  }

  areIdle(): boolean {
    return this.all.every(({ status }) => status === 'idle');
  }

  areAtRest(): boolean {
    return this.all.every(({ status }) => status !== 'working');
  }

  carry(): CarriedLane[] {
    return this.all.flatMap((lane) => lane.carry() ?? []);
  }

  /** A change also wakes a lane that is parked: what changed may be just what was wrong. */
  #request(provider: string, ask: (lane: Lane) => void): void {
    const lane = this.#lanes.get(provider) ?? new Lane(provider);
    this.#lanes.set(provider, lane);
    ask(lane);
    lane.wake();
    this.#start(lane);
  }

  #start(lane: Lane): void {
    if (lane.status !== 'idle') return;
    lane.status = 'working';
    this.#drain(lane).catch((error) => {
      this.failure = { error };
    });
  }
}
