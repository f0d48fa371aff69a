import { toHealth } from '#db/delivery/endpoint-health.ts';
import { disableEndpoint, type LoadedEndpoint, loadEndpoint } from '#db/delivery/endpoints.ts';
import { disableWarningsBetween, hasRecovered, hasStartedFailing } from '#domain/delivery/endpoint-events.ts';
import {
  afterAttempt,
  breakerAt,
  type EndpointHealth,
  healthy,
  limitByBreaker,
  shouldDisable,
} from '#domain/delivery/endpoint-health.ts';
import type { OperationalEvent } from '#domain/delivery/operational-event.ts';
import type { AttemptResult } from './attempt-delivery.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { emitOperationalEvents } from './emit-operational-events.ts';
import { storeHealth } from './store-health.ts';

/** How old the stored health may be after a success and after a failure. A breaker that opens or closes is stored at once. */
const saveEveryMs = { ok: 15_000, failed: 1_000 };
/** Endpoints that were first served together are not saved together ever after. */
const saveSpreadMs = 15_000;

/** One endpoint during a drain: its settings from the database, its health from its responses. */
export class EndpointMonitor {
  readonly endpointId: string;
  /** Null before `load`, and once the endpoint is deleted. */
  endpoint: LoadedEndpoint | null = null;
  health: EndpointHealth = healthy;
  lastError: string | null = null;
  readonly #deps: DeliveryDeps;
  readonly #saveEveryMs = { ...saveEveryMs, ok: saveEveryMs.ok + Math.random() * saveSpreadMs };
  /** The health as last read or stored. A difference in the database is somebody else's change. */
  #stored: EndpointHealth | null = null;
  #isLoaded = false;
  #isChanged = false;
  #savedAt = 0;
  #saves = 0;
  #savesInFlight = 0;
  /** Set when the endpoint succeeds after failing for so long. */
  #recoveredAfterMs: number | null = null;
  /** Emitted with the next save. */
  #events: OperationalEvent[] = [];
  /** Whether deliveries may have become dead letters since the endpoint began to fail. */
  #mayHaveDeadLetters = false;

  constructor(deps: DeliveryDeps, endpointId: string) {
    this.#deps = deps;
    this.endpointId = endpointId;
  }

  get isDeleted(): boolean {
    return this.#isLoaded && this.endpoint === null;
  }

  /** Reads the settings, and the health where somebody else changed it. */
  async load(): Promise<void> {
    const savesBefore = this.#saves;
    const isSaving = this.#savesInFlight > 0;
    this.endpoint = await loadEndpoint(this.#deps.db, this.#deps.encryptionKey, this.endpointId);
    this.#isLoaded = true;
    // A read that overlaps a save may return the health from before it.
    if (!this.endpoint || isSaving || savesBefore !== this.#saves) return;
    const health = toHealth(this.endpoint);
    if (JSON.stringify(health) === JSON.stringify(this.#stored)) return;
    this.#mayHaveDeadLetters ||= this.#stored === null && health.failingSince !== null;
    this.health = health;
    this.lastError = this.endpoint.last_error;
    this.#stored = health;
  }

  /** How many of `max` deliveries may be in flight now: all, one while the breaker is half-open, or none. */
  allowed(max: number): number {
    if (!this.endpoint?.is_active) return 0;
    this.health = breakerAt(this.health, Date.now());
    return limitByBreaker(this.health, max);
  }

  /** Updates the health after an attempt, and saves it when it is due or must not wait. `hasTurned`: the breaker changed, or the endpoint recovered. */
  async recordResult({ ok, disable, at, record }: AttemptResult): Promise<{ hasTurned: boolean }> {
    const before = this.health;
    this.health = afterAttempt(before, { ok, at });
    this.#isChanged = true;
    if (ok) this.#recordSuccess(before, at);
    else this.#recordFailure(record);
    this.#queueEvents(before, { at, errorClass: record.errorClass });
    const hasTurned = before.breaker !== this.health.breaker || this.#recoveredAfterMs !== null;
    const isSaveDue = at - this.#savedAt >= this.#saveEveryMs[ok ? 'ok' : 'failed'];
    const mustDisable = disable || (!ok && shouldDisable(this.health));
    if (hasTurned || isSaveDue || mustDisable || this.#events.length > 0) await this.save();
    if (mustDisable) await this.#disable(disable ? 'gone' : 'failing');
    return { hasTurned };
  }

  async save(): Promise<void> {
    if (!this.#isChanged) return;
    const { health, lastError } = this;
    const hasBreakerChanged = JSON.stringify(breakerOf(health)) !== JSON.stringify(breakerOf(this.#stored ?? healthy));
    const change = { health, hasBreakerChanged, lastError, recoveredAfterMs: this.#recoveredAfterMs };
    const events = this.#events;
    this.#isChanged = false;
    this.#recoveredAfterMs = null;
    this.#events = [];
    this.#savedAt = Date.now();
    this.#stored = health;
    this.#saves += 1;
    this.#savesInFlight += 1;
    await storeHealth(this.#deps.db, this.endpointId, change, events).finally(() => {
      this.#savesInFlight -= 1;
    });
  }

  #recordSuccess({ failingSince }: EndpointHealth, at: number): void {
    if (failingSince === null || !this.#mayHaveDeadLetters) return;
    this.#mayHaveDeadLetters = false;
    this.#recoveredAfterMs = at - failingSince;
  }

  #recordFailure({ error, next }: AttemptResult['record']): void {
    this.lastError = error;
    if (next.state === 'dead') this.#mayHaveDeadLetters = true;
  }

  #queueEvents(before: EndpointHealth, { at: ms, errorClass }: { at: number; errorClass: string | null }): void {
    const about = { endpointId: this.endpointId, at: new Date(ms) };
    if (hasStartedFailing(before, this.health)) this.#events.push({ ...about, type: 'endpoint.failing', errorClass });
    for (const percent of disableWarningsBetween(before, this.health))
      this.#events.push({ ...about, type: 'endpoint.disable_warning', percent });
    if (hasRecovered(before, this.health)) this.#events.push({ ...about, type: 'endpoint.recovered' });
  }

  async #disable(reason: 'gone' | 'failing'): Promise<void> {
    await this.#deps.db.transaction().execute(async (tx) => {
      const at = new Date();
      if (await disableEndpoint(tx, this.endpointId, reason))
        await emitOperationalEvents(tx, [{ type: 'endpoint.disabled', endpointId: this.endpointId, at, reason }]);
    });
    if (this.endpoint) this.endpoint = { ...this.endpoint, is_active: false, disabled_reason: reason };
  }
}

const breakerOf = ({ breaker, openUntil, trips }: EndpointHealth) => [breaker, openUntil, trips];
