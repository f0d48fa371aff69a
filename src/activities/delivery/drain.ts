import { redriveMissed } from '#db/delivery/auto-redrive.ts';
import { type DueDelivery, listDueDeliveries, msUntilNextDue } from '#db/delivery/deliveries.ts';
import { attemptDelivery } from './attempt-delivery.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { EndpointMonitor } from './endpoint-monitor.ts';
import { Pace } from './pace.ts';

export interface DrainTimes {
  /** How long to stay after the last delivery. */
  lingerMs: number;
  stayAtMostMs: number;
}

/** Deliveries of one endpoint that are under way at a time. */
const atOnce = 10;
/** Those that are under way are read as well. */
const readAtOnce = atOnce + 100;
/** What was read longer ago may have been cancelled. */
const freshForMs = 1_000;
/** An older secret holds no longer than this after its end. Drains that began together do not load together. */
const reloadAtMostMs = 5_000;
/** What an endpoint missed comes in portions behind what is new: so many a second. */
const redrivenAtOnce = 20;
const redriveEveryMs = 1_000;
/** A retry that is further away than this is the workflow's to wait for. */
const ownWaitMs = 60_000;
/** How long requests that are under way may take when the worker stops; then they are cut, and made again elsewhere. */
const graceMs = 5_000;
const troubleAtMostMs = 60_000;

/** Works off what is due at one endpoint, for as long as there is something, and a little longer. */
export class Drain {
  readonly watch: EndpointMonitor;
  readonly #deps: DeliveryDeps;
  readonly #endpointId: string;
  readonly #times: DrainTimes;
  readonly #signal: AbortSignal;
  readonly #cut = new AbortController();
  readonly #pace = new Pace();
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #startedAt = Date.now();
  readonly #reloadEveryMs = reloadAtMostMs * (1 - Math.random() / 2);
  #queue: DueDelivery[] = [];
  #lookedAt = 0;
  #loadedAt = 0;
  #mustLook = true;
  #mayHaveMore = false;
  #knowsNextDue = false;
  #redriveAt = 0;
  #busyAt = Date.now();
  #troubleSince: number | null = null;
  #failure: { error: unknown } | null = null;
  #event = Promise.withResolvers<void>();

  constructor(deps: DeliveryDeps, endpointId: string, times: DrainTimes, signal: AbortSignal) {
    this.#deps = deps;
    this.#endpointId = endpointId;
    this.#times = times;
    this.#signal = signal;
    this.watch = new EndpointMonitor(deps, endpointId);
  }

  /** Something is due, or was changed. */
  call(): void {
    this.#mustLook = true;
    this.#event.resolve();
  }

  async run(): Promise<void> {
    const stop = () => this.#event.resolve();
    this.#signal.addEventListener('abort', stop);
    try {
      while (!this.#isOver()) {
        await this.#look();
        this.#start();
        if (this.#hasNothingToDo()) break;
        await this.#rest();
      }
    } finally {
      await this.#finish();
      this.#signal.removeEventListener('abort', stop);
    }
    if (this.#failure) throw this.#failure.error;
  }

  #isOver(): boolean {
    return this.#signal.aborted || this.#failure !== null || Date.now() - this.#startedAt >= this.#times.stayAtMostMs;
  }

  async #look(): Promise<void> {
    const now = Date.now();
    if (this.#isFull()) return this.#lookLater();
    const isStale = this.#queue.length > 0 && now - this.#lookedAt > freshForMs;
    const isEmpty = this.#queue.length === 0 && this.#mayHaveMore;
    const isTurn = this.#queue.length === 0 && this.#redriveInMs(now) === 0;
    if (!(this.#mustLook || isStale || isEmpty || isTurn || now - this.#lookedAt >= this.#deps.due.lookEveryMs())) return;
    this.#mustLook = false;
    this.#lookedAt = now;
    try {
      await this.#take(now);
      await this.#lookAhead();
      this.#troubleSince = null;
    } catch (error) {
      this.#troubleSince ??= now;
      if (now - this.#troubleSince > troubleAtMostMs) throw error;
      this.#deps.log.warn({ err: error, endpointId: this.#endpointId }, 'could not read what is due; trying again');
    }
  }

  #isFull(): boolean {
    const allowed = this.watch.allowedAtOnce(atOnce);
    return allowed > 0 && this.#underWay.size >= allowed;
  }

  /** What came is read when a request has ended: a receiver that hangs, or is slow, costs no reads. */
  #lookLater(): void {
    this.#mayHaveMore ||= this.#mustLook;
    this.#mustLook = false;
  }

  async #take(now: number): Promise<void> {
    // What ends while this is read was read as due, and is not.
    const before = new Set(this.#underWay.keys());
    const rows = await listDueDeliveries(this.#deps.db, this.#endpointId, readAtOnce);
    this.#queue = rows.filter(({ id }) => !before.has(id) && !this.#underWay.has(id));
    this.#mayHaveMore = rows.length === readAtOnce;
    const isSame = rows[0] !== undefined && rows[0].endpointVersion === this.watch.endpoint?.version;
    if (isSame && now - this.#loadedAt <= this.#reloadEveryMs) return;
    await this.watch.load();
    this.#loadedAt = now;
  }

  /** Where nothing is due: what the endpoint missed while it was down, and when something will be due. */
  async #lookAhead(): Promise<void> {
    if (this.#queue.length > 0) return;
    await this.#redrive();
    if (!this.#knowsNextDue && this.#underWay.size === 0) {
      this.#knowsNextDue = true;
      this.#callIn(await msUntilNextDue(this.#deps.db, this.#endpointId));
    }
  }

  async #redrive(): Promise<void> {
    if (this.#redriveInMs(Date.now()) !== 0) return;
    this.#redriveAt = Date.now() + redriveEveryMs;
    // Where it is not known whether the endpoint is well, one of them finds out.
    await redriveMissed(this.#deps.db, this.#endpointId, this.watch.allowedAtOnce(redrivenAtOnce));
    // For what is due now, and to learn whether that was all.
    this.#mustLook = true;
  }

  /** When it is the turn of the next portion of what the endpoint missed; null when it missed nothing, or is sent enough already. */
  #redriveInMs(now: number): number | null {
    const isFree = this.#queue.length === 0 && this.#underWay.size < this.watch.allowedAtOnce(atOnce);
    if (!this.watch.endpoint?.redrive_since || !isFree) return null;
    return Math.max(0, this.#redriveAt - now);
  }

  #start(): void {
    const limit = this.watch.endpoint?.rate_per_second ?? null;
    while (this.#queue.length > 0 && this.#underWay.size < this.watch.allowedAtOnce(atOnce)) {
      if (this.#isOver() || this.#pace.waitMs(limit, Date.now()) > 0) return;
      this.#pace.take(limit, Date.now());
      const delivery = this.#queue.shift() as DueDelivery;
      this.#underWay.set(delivery.id, this.#deliver(delivery));
    }
  }

  async #deliver(delivery: DueDelivery): Promise<void> {
    const { endpoint } = this.watch;
    if (!endpoint) return;
    try {
      const attempted = await attemptDelivery(this.#deps, { endpoint, delivery, signal: this.#cut.signal });
      await this.#deps.record(attempted.record);
      if (await this.watch.note(attempted)) this.#mustLook = true;
      const { next } = attempted.record;
      if (next.state === 'pending') this.#callIn(next.afterSeconds * 1_000);
      if (endpoint.ordered) this.#mustLook = true;
    } catch (error) {
      // A request that was cut says nothing about the receiver: it is made again elsewhere.
      if (!this.#cut.signal.aborted) this.#failure ??= { error };
    } finally {
      this.#underWay.delete(delivery.id);
      this.#busyAt = Date.now();
      this.#event.resolve();
    }
  }

  #callIn(ms: number | null): void {
    if (ms === null || ms > ownWaitMs) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.call();
    }, ms + 2);
    this.#timers.add(timer);
  }

  #hasNothingToDo(): boolean {
    if (this.#underWay.size > 0 || this.#mustLook || this.#troubleSince !== null) return false;
    if (this.watch.allowedAtOnce(atOnce) === 0) return true;
    if (this.#redriveInMs(Date.now()) !== null) return false;
    return this.#queue.length === 0 && !this.#mayHaveMore && this.#idleMs() >= this.#times.lingerMs;
  }

  #idleMs(): number {
    return Date.now() - this.#busyAt;
  }

  /** Until a request ended, somebody called, or it is time to look. */
  async #rest(): Promise<void> {
    if (this.#mustLook) return;
    const now = Date.now();
    const waits = [this.#deps.due.lookEveryMs()];
    const redriveInMs = this.#redriveInMs(now);
    if (redriveInMs !== null) waits.push(redriveInMs);
    else if (this.#underWay.size === 0) waits.push(this.#times.lingerMs - this.#idleMs());
    if (this.#queue.length > 0) waits.push(this.#pace.waitMs(this.watch.endpoint?.rate_per_second ?? null, now) || freshForMs);
    const timer = setTimeout(() => this.#event.resolve(), Math.max(1, Math.min(...waits)));
    await this.#event.promise;
    clearTimeout(timer);
    this.#event = Promise.withResolvers();
  }

  async #finish(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    const cut = () => setTimeout(() => this.#cut.abort(), graceMs).unref();
    if (this.#signal.aborted) cut();
    else this.#signal.addEventListener('abort', cut);
    await Promise.all(this.#underWay.values());
    this.#signal.removeEventListener('abort', cut);
    await this.watch.save().catch((error) => {
      this.#failure ??= { error };
    });
  }
}
