import type { Arrival, ContactChanged } from '#domain/sync/contact-changed.ts';
import type { Priority } from '#domain/sync/priority.ts';
import type { CarriedLane, SyncState } from '#workflows/messages.ts';
import { Lane } from './lane.ts';

/** The lanes of one contact, by provider. A lane starts when it gets work and ends when it has none. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #run: (lane: Lane) => Promise<void>;
  /** The error that ended a lane and must fail the workflow; null while there is none. */
  failure: { error: unknown } | null = null;

  constructor(run: (lane: Lane) => Promise<void>) {
    this.#run = run;
  }

  get all(): Lane[] {
    return [...this.#lanes.values()];
  }

  accept({ observe, push, priority, arrival }: ContactChanged): void {
    for (const { linkId, provider } of observe)
      this.#request(provider, (lane) => lane.requestObserve(linkId, { priority, arrival }));
    for (const provider of push) this.requestPush(provider, { priority, arrival });
  }

  requestPush(provider: string, cause: { priority: Priority; arrival: Arrival | undefined }): void {
    this.#request(provider, (lane) => lane.requestPush(cause));
  }

  /** Continues the lanes that an earlier run of the workflow handed over. */
  resume(carried: readonly CarriedLane[]): void {
    for (const each of carried) {
      const lane = Lane.fromCarried(each);
      this.#lanes.set(lane.provider, lane);
      this.#start(lane);
    }
  }

  /** Wakes every parked lane. */
  wake(): void {
    for (const lane of this.all) lane.wake();
  }

  state(): SyncState {
    return { lanes: this.all.map((lane) => lane.state()) };
  }

  areIdle(): boolean {
    return this.all.every(({ status }) => status === 'idle');
  }

  /** Whether no lane is working: each is idle, waiting or parked. */
  areAtRest(): boolean {
    return this.all.every(({ status }) => status !== 'working');
  }

  /** Providers whose lane is working, waiting or parked. */
  listAtWork(): string[] {
    return this.all.filter(({ status }) => status !== 'idle').map(({ provider }) => provider);
  }

  carry(): CarriedLane[] {
    return this.all.flatMap((lane) => lane.carry() ?? []);
  }

  /** Adds work to a lane. It also wakes a parked lane: the change may be the one that fixes the error. */
  #request(provider: string, add: (lane: Lane) => void): void {
    const lane = this.#lanes.get(provider) ?? new Lane(provider);
    this.#lanes.set(provider, lane);
    add(lane);
    lane.wake();
    this.#start(lane);
  }

  #start(lane: Lane): void {
    if (lane.status !== 'idle') return;
    lane.status = 'working';
    this.#run(lane).catch((error) => {
      this.failure = { error };
    });
  }
}
