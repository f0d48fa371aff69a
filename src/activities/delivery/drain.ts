import type { DueDelivery } from '#db/delivery/deliveries.ts';
import type { LoadedEndpoint } from '#db/delivery/endpoints.ts';
import { type DrainState, decideDrainStep, spaceStarts } from '#domain/delivery/drain-decision.ts';
import { attemptDelivery } from './attempt-delivery.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { DueQueue } from './due-queue.ts';
import { EndpointMonitor } from './endpoint-monitor.ts';

export interface DrainTimes {
  /** How long to stay after the last delivery. */
  lingerMs: number;
  /** How long to stay in all. */
  maxStayMs: number;
}

/** Attempts of one endpoint in flight at a time. */
const maxInFlight = 10;
/** How long attempts in flight may take when the worker stops. Then they are aborted, and another worker repeats them. */
const stopGraceMs = 5_000;

/** Carries out the steps of `decideDrainStep` for one endpoint, until the step is to finish. */
export class Drain {
  readonly monitor: EndpointMonitor;
  readonly #deps: DeliveryDeps;
  readonly #times: DrainTimes;
  readonly #signal: AbortSignal;
  readonly #queue: DueQueue;
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #abortAttempts = new AbortController();
  readonly #startedAt = Date.now();
  #lastActiveAt = this.#startedAt;
  #nextStartAt = 0;
  #failure: { error: unknown } | null = null;
  #wakeUp = Promise.withResolvers<void>();

  constructor(deps: DeliveryDeps, endpointId: string, times: DrainTimes, signal: AbortSignal) {
    this.#deps = deps;
    this.#times = times;
    this.#signal = signal;
    this.monitor = new EndpointMonitor(deps, endpointId);
    this.#queue = new DueQueue(deps, this.monitor, () => this.#wakeUp.resolve());
  }

  /** A delivery became due, or the endpoint changed. */
  announce(): void {
    this.#queue.announce();
  }

  /** Rejects when an attempt cannot be stored, or the database does not answer for a minute. */
  async run(): Promise<void> {
    const wake = () => this.#wakeUp.resolve();
    this.#signal.addEventListener('abort', wake);
    try {
      while (await this.#takeStep());
    } finally {
      this.#signal.removeEventListener('abort', wake);
      await this.#finish();
    }
    if (this.#failure) throw this.#failure.error;
  }

  /** Resolves to false when there are no more steps. */
  async #takeStep(): Promise<boolean> {
    const step = decideDrainStep(this.#state(), Date.now());
    switch (step.kind) {
      case 'read':
        await this.#queue.read(this.#inFlight);
        return true;
      case 'start':
        this.#start();
        return true;
      case 'redrive':
        await this.#queue.redrive();
        return true;
      case 'wait':
        await this.#wait(step.ms);
        return true;
      case 'finish':
        return false;
    }
  }

  #state(): DrainState {
    const { endpoint } = this.monitor;
    const { isAnnounced, isReadFailing, hasMoreDue, lastReadAt, nextRedriveAt } = this.#queue;
    return {
      ...{ isAnnounced, isReadFailing, hasMoreDue, lastReadAt, queued: this.#queue.length },
      ...{ startedAt: this.#startedAt, lastActiveAt: this.#lastActiveAt, inFlight: this.#inFlight.size },
      ...{ lingerMs: this.#times.lingerMs, maxStayMs: this.#times.maxStayMs, pollMs: this.#deps.due.pollMs() },
      isStopping: this.#signal.aborted || this.#failure !== null,
      maxInFlight: this.monitor.allowed(maxInFlight),
      nextStartAt: endpoint?.rate_per_second ? this.#nextStartAt : 0,
      nextRedriveAt: endpoint?.redrive_since ? nextRedriveAt : null,
    };
  }

  #start(): void {
    const { endpoint } = this.monitor;
    const delivery = this.#queue.shift();
    if (!endpoint || !delivery) return;
    const { rate_per_second: perSecond } = endpoint;
    if (perSecond !== null) this.#nextStartAt = spaceStarts(this.#nextStartAt, perSecond, Date.now());
    this.#inFlight.set(delivery.id, this.#deliver(endpoint, delivery));
  }

  async #deliver(endpoint: LoadedEndpoint, delivery: DueDelivery): Promise<void> {
    const endTurn = await this.#deps.window.enter();
    try {
      const result = await attemptDelivery(this.#deps, { endpoint, delivery, signal: this.#abortAttempts.signal });
      await this.#deps.record(result.record);
      const { hasTurned } = await this.monitor.recordResult(result);
      const { next } = result.record;
      if (next.state === 'pending') this.#queue.announceIn(next.afterSeconds * 1_000);
      // The next event of this contact may be due now.
      if (hasTurned || endpoint.ordered) this.announce();
    } catch (error) {
      // An aborted request says nothing about the receiver. Another worker repeats it.
      if (!this.#abortAttempts.signal.aborted) this.#failure ??= { error };
    } finally {
      endTurn();
      this.#inFlight.delete(delivery.id);
      this.#lastActiveAt = Date.now();
      this.#wakeUp.resolve();
    }
  }

  async #wait(ms: number): Promise<void> {
    const timer = setTimeout(() => this.#wakeUp.resolve(), Math.max(1, ms));
    await this.#wakeUp.promise;
    clearTimeout(timer);
    this.#wakeUp = Promise.withResolvers();
  }

  async #finish(): Promise<void> {
    this.#queue.close();
    const abortLater = () => setTimeout(() => this.#abortAttempts.abort(), stopGraceMs).unref();
    if (this.#signal.aborted) abortLater();
    else this.#signal.addEventListener('abort', abortLater);
    await Promise.all(this.#inFlight.values());
    this.#signal.removeEventListener('abort', abortLater);
    await this.monitor.save().catch((error) => {
      this.#failure ??= { error };
    });
  }
}
