import { toHealth } from '#db/delivery/endpoint-health.ts';
import { disableEndpoint, type LoadedEndpoint, loadEndpoint } from '#db/delivery/endpoints.ts';
import { disableWarningsBetween, hasRecovered, hasStartedFailing } from '#domain/delivery/endpoint-events.ts';
import {
  afterAttempt,
  allowedAtOnce,
  breakerAt,
  type EndpointHealth,
  healthy,
  shouldDisable,
} from '#domain/delivery/endpoint-health.ts';
import type { OperationalEvent } from '#domain/delivery/operational-event.ts';
import type { AttemptResult } from './attempt-delivery.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { emitOperationalEvents } from './emit-operational-events.ts';
import { storeHealth } from './store-health.ts';

/** What the database has may be this old, but not that the breaker opened or closed: failures matter sooner than successes. */
const saveEveryMs = { ok: 15_000, failed: 1_000 };
/** Endpoints that were first served in one moment are not all saved in one moment ever after. */
const spreadMs = 15_000;

/** An endpoint as it stands while it is drained: its settings from the database, its health from what it answers. */
export class EndpointMonitor {
  /** Null before it was loaded, and once it was deleted. */
  endpoint: LoadedEndpoint | null = null;
  health: EndpointHealth = healthy;
  lastError: string | null = null;
  readonly #deps: DeliveryDeps;
  readonly #id: string;
  /** As the database had it last: what differs from that was done by somebody else. */
  #stored: EndpointHealth | null = null;
  readonly #saveEveryMs = { ...saveEveryMs, ok: saveEveryMs.ok + Math.random() * spreadMs };
  #isLoaded = false;
  #savedAt = 0;
  #saves = 0;
  #saving = 0;
  #isChanged = false;
  /** It answers again, and has failed for so long. */
  #recoveredAfterMs: number | null = null;
  /** What is told when the health is stored next. */
  #news: OperationalEvent[] = [];
  /** Whether something may have died since it began to fail. */
  #hasDead = false;

  constructor(deps: DeliveryDeps, id: string) {
    this.#deps = deps;
    this.#id = id;
  }

  get isOn(): boolean {
    return this.endpoint?.is_active === true;
  }

  get isDeleted(): boolean {
    return this.#isLoaded && this.endpoint === null;
  }

  async load(): Promise<void> {
    const saves = this.#saves;
    const isBefore = this.#saving > 0;
    this.endpoint = await loadEndpoint(this.#deps.db, this.#deps.encryptionKey, this.#id);
    this.#isLoaded = true;
    // What was read while it was being stored may be from before.
    if (!this.endpoint || isBefore || saves !== this.#saves) return;
    const health = toHealth(this.endpoint);
    if (JSON.stringify(health) === JSON.stringify(this.#stored)) return;
    this.#hasDead ||= this.#stored === null && health.failingSince !== null;
    this.health = health;
    this.lastError = this.endpoint.last_error;
    this.#stored = health;
  }

  /** How many deliveries may be under way now. */
  allowedAtOnce(most: number): number {
    if (!this.isOn) return 0;
    this.health = breakerAt(this.health, Date.now());
    return allowedAtOnce(this.health, most);
  }

  /** Takes in how an attempt ended, and stores what follows from it. Answers whether the endpoint fell ill or came back. */
  async note({ ok, disable, at, record }: AttemptResult): Promise<boolean> {
    const before = this.health;
    this.health = afterAttempt(before, { ok, at });
    this.#isChanged = true;
    if (ok) this.#noteSuccess(before, at);
    else this.#noteFailure(record);
    this.#noteNews(before, { at, errorClass: record.errorClass });
    const hasTurned = before.breaker !== this.health.breaker || this.#recoveredAfterMs !== null;
    const isDue = at - this.#savedAt >= this.#saveEveryMs[ok ? 'ok' : 'failed'];
    const mustEnd = disable || (!ok && shouldDisable(this.health));
    if (hasTurned || isDue || mustEnd || this.#news.length > 0) await this.save();
    if (mustEnd) await this.#disable(disable ? 'gone' : 'failing');
    return hasTurned;
  }

  async save(): Promise<void> {
    if (!this.#isChanged) return;
    const { health, lastError } = this;
    const hasTurned = JSON.stringify(breakerOf(health)) !== JSON.stringify(breakerOf(this.#stored ?? healthy));
    const change = { health, hasTurned, lastError, recoveredAfterMs: this.#recoveredAfterMs };
    const news = this.#news;
    this.#isChanged = false;
    this.#recoveredAfterMs = null;
    this.#news = [];
    this.#savedAt = Date.now();
    this.#stored = health;
    this.#saves += 1;
    this.#saving += 1;
    await storeHealth(this.#deps.db, this.#id, change, news).finally(() => {
      this.#saving -= 1;
    });
  }

  #noteSuccess({ failingSince }: EndpointHealth, at: number): void {
    if (failingSince === null || !this.#hasDead) return;
    this.#hasDead = false;
    this.#recoveredAfterMs = at - failingSince;
  }

  #noteFailure({ error, next }: AttemptResult['record']): void {
    this.lastError = error;
    if (next.state === 'dead') this.#hasDead = true;
  }

  #noteNews(before: EndpointHealth, { at: ms, errorClass }: { at: number; errorClass: string | null }): void {
    const about = { endpointId: this.#id, at: new Date(ms) };
    if (hasStartedFailing(before, this.health)) this.#news.push({ ...about, type: 'endpoint.failing', errorClass });
    for (const percent of disableWarningsBetween(before, this.health))
      this.#news.push({ ...about, type: 'endpoint.disable_warning', percent });
    if (hasRecovered(before, this.health)) this.#news.push({ ...about, type: 'endpoint.recovered' });
  }

  async #disable(reason: 'gone' | 'failing'): Promise<void> {
    await this.#deps.db.transaction().execute(async (tx) => {
      const at = new Date();
      if (await disableEndpoint(tx, this.#id, reason))
        await emitOperationalEvents(tx, [{ type: 'endpoint.disabled', endpointId: this.#id, at, reason }]);
    });
    if (this.endpoint) this.endpoint = { ...this.endpoint, is_active: false, disabled_reason: reason };
  }
}

const breakerOf = ({ breaker, openUntil, trips }: EndpointHealth) => [breaker, openUntil, trips];
