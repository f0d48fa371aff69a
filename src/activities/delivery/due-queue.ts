import { redriveMissed } from '#db/delivery/auto-redrive.ts';
import { type DueDelivery, listDueDeliveries, msUntilNextDue } from '#db/delivery/deliveries.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import type { EndpointMonitor } from './endpoint-monitor.ts';

/** A full read: attempts in flight are found as well, ten at most. */
const maxRowsPerRead = 110;
/** A rotated secret signs no longer than this after its end. Drains that began together do not reload together. */
const maxReloadEveryMs = 5_000;
/** Missed deliveries follow behind new ones: so many a second. */
const maxRedrivesPerPortion = 20;
const redriveEveryMs = 1_000;
/** The workflow waits for retries that are further away. */
const maxOwnWaitMs = 60_000;
/** After this long without a successful read the drain fails, and Temporal retries it. */
const maxFailingMs = 60_000;

/** The deliveries that are due to one endpoint, as last read from the database. */
export class DueQueue {
  /** Something became due, or the endpoint changed, since the last read. */
  isAnnounced = true;
  /** The last read reached its limit. */
  hasMoreDue = false;
  /** 0 before the first read. */
  lastReadAt = 0;
  nextRedriveAt = 0;
  readonly #deps: DeliveryDeps;
  readonly #monitor: EndpointMonitor;
  readonly #onAnnounced: () => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #reloadEveryMs = maxReloadEveryMs * (1 - Math.random() / 2);
  #deliveries: DueDelivery[] = [];
  #loadedAt = 0;
  #failingSince: number | null = null;
  #isNextDueKnown = false;

  constructor(deps: DeliveryDeps, monitor: EndpointMonitor, onAnnounced: () => void) {
    this.#deps = deps;
    this.#monitor = monitor;
    this.#onAnnounced = onAnnounced;
  }

  get length(): number {
    return this.#deliveries.length;
  }

  get isReadFailing(): boolean {
    return this.#failingSince !== null;
  }

  shift(): DueDelivery | undefined {
    return this.#deliveries.shift();
  }

  announce(): void {
    this.isAnnounced = true;
    this.#onAnnounced();
  }

  /** Announces a retry when it is due, unless the workflow is to wait for it. Null: there is none. */
  announceIn(ms: number | null): void {
    if (ms === null || ms > maxOwnWaitMs) return;
    // The clock of the database decides: a read must not come a moment early.
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.announce();
    }, ms + 2).unref();
    this.#timers.add(timer);
  }

  /** Replaces the queue by the deliveries that are due, and reloads the endpoint where its row changed. Throws once reads keep failing. */
  read(inFlight: ReadonlyMap<string, unknown>): Promise<void> {
    this.isAnnounced = false;
    this.lastReadAt = Date.now();
    return this.#tolerate(async () => {
      const rows = await this.#readRows(inFlight);
      await this.#loadEndpoint(rows[0]?.endpointVersion);
      if (this.length === 0 && inFlight.size === 0) await this.#findNextDue();
    });
  }

  /** Makes the next portion of missed deliveries due again. */
  redrive(): Promise<void> {
    this.nextRedriveAt = Date.now() + redriveEveryMs;
    return this.#tolerate(async () => {
      // While the breaker is half-open, this is one delivery, which tests the endpoint.
      await redriveMissed(this.#deps.db, this.#monitor.endpointId, this.#monitor.allowed(maxRedrivesPerPortion));
      // The next read finds them due, and whether they were the last ones.
      this.isAnnounced = true;
    });
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async #readRows(inFlight: ReadonlyMap<string, unknown>): Promise<DueDelivery[]> {
    // An attempt that ends during the read is found as due although it no longer is.
    const inFlightBefore = new Set(inFlight.keys());
    const rows = await listDueDeliveries(this.#deps.db, this.#monitor.endpointId, maxRowsPerRead);
    this.#deliveries = rows.filter(({ id }) => !inFlightBefore.has(id) && !inFlight.has(id));
    this.hasMoreDue = rows.length === maxRowsPerRead;
    return rows;
  }

  async #loadEndpoint(version: string | undefined): Promise<void> {
    const isUnchanged = version !== undefined && version === this.#monitor.endpoint?.version;
    if (isUnchanged && this.lastReadAt - this.#loadedAt <= this.#reloadEveryMs) return;
    await this.#monitor.load();
    this.#loadedAt = this.lastReadAt;
  }

  /** Once: earlier drains left retries for later. Each attempt of this one announces its own retry. */
  async #findNextDue(): Promise<void> {
    if (this.#isNextDueKnown) return;
    this.#isNextDueKnown = true;
    this.announceIn(await msUntilNextDue(this.#deps.db, this.#monitor.endpointId));
  }

  async #tolerate(query: () => Promise<void>): Promise<void> {
    try {
      await query();
      this.#failingSince = null;
    } catch (error) {
      this.#failingSince ??= Date.now();
      if (Date.now() - this.#failingSince > maxFailingMs) throw error;
      this.#deps.log.warn({ err: error, endpointId: this.#monitor.endpointId }, 'could not read due deliveries; retrying');
    }
  }
}
