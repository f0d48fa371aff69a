import { saveHealth, toHealth } from '../db/endpoint-health.ts';
import { disableEndpoint, type LoadedEndpoint, loadEndpoint } from '../db/webhook-endpoints.ts';
import { afterAttempt, allowedAtOnce, atTime, type EndpointHealth, healthy, mustDisable } from '../domain/endpoint-health.ts';
import type { Attempted } from './attempt-delivery.ts';
import type { DeliveryDeps, OperationalEventType } from './delivery-deps.ts';

/** What the database has may be this old, but not that the breaker opened or closed: failures matter sooner than successes. */
const saveEveryMs = { ok: 15_000, failed: 1_000 };

/** An endpoint as it stands while it is drained: its settings from the database, its health from what it answers. */
export class EndpointWatch {
  /** Null before it was loaded, and once it was deleted. */
  endpoint: LoadedEndpoint | null = null;
  health: EndpointHealth = healthy;
  lastError: string | null = null;
  readonly #deps: DeliveryDeps;
  readonly #id: string;
  /** As the database had it last: what differs from that was done by somebody else. */
  #stored = '';
  #isLoaded = false;
  #savedAt = 0;
  #saves = 0;
  #isChanged = false;
  #recoveredFrom: number | null = null;
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
    this.endpoint = await loadEndpoint(this.#deps.db, this.#deps.encryptionKey, this.#id);
    this.#isLoaded = true;
    // What was read while it was being stored may be from before.
    if (!this.endpoint || saves !== this.#saves) return;
    const health = toHealth(this.endpoint);
    if (JSON.stringify(health) === this.#stored) return;
    this.#hasDead ||= this.#stored === '' && health.failingSince !== null;
    this.health = health;
    this.lastError = this.endpoint.last_error;
    this.#stored = JSON.stringify(health);
  }

  /** How many deliveries may be under way now. */
  allowedAtOnce(most: number): number {
    if (!this.isOn) return 0;
    this.health = atTime(this.health, Date.now());
    return allowedAtOnce(this.health, most);
  }

  /** Takes in how an attempt ended, and stores what follows from it. Answers whether the endpoint fell ill or came back. */
  async note({ ok, disable, at, record }: Attempted): Promise<boolean> {
    const before = this.health;
    this.health = afterAttempt(before, { ok, at });
    this.#isChanged = true;
    if (ok) this.#noteRecovery(before);
    else this.#noteFailure(record);
    const hasTurned = before.breaker !== this.health.breaker || this.#recoveredFrom !== null;
    if (before.breaker === 'closed' && this.health.breaker === 'open') this.#tell('endpoint.failing');
    if (hasTurned || at - this.#savedAt >= saveEveryMs[ok ? 'ok' : 'failed']) await this.save();
    if (disable) await this.#disable('gone');
    else if (!ok && mustDisable(this.health)) await this.#disable('failing');
    return hasTurned;
  }

  async save(): Promise<void> {
    if (!this.#isChanged) return;
    const { health, lastError } = this;
    const recoveredFrom = this.#recoveredFrom;
    this.#isChanged = false;
    this.#recoveredFrom = null;
    this.#savedAt = Date.now();
    this.#stored = JSON.stringify(health);
    this.#saves += 1;
    await saveHealth(this.#deps.db, this.#id, { health, lastError, recoveredFrom });
  }

  #noteRecovery({ failingSince }: EndpointHealth): void {
    if (failingSince === null || !this.#hasDead) return;
    this.#hasDead = false;
    this.#recoveredFrom = failingSince;
    this.#tell('endpoint.recovered');
  }

  #noteFailure({ error, next, deliveryId }: Attempted['record']): void {
    this.lastError = error;
    if (next.state !== 'dead') return;
    this.#hasDead = true;
    this.#tell('delivery.exhausted', { deliveryId, reason: next.reason });
  }

  async #disable(reason: 'gone' | 'failing'): Promise<void> {
    if (await disableEndpoint(this.#deps.db, this.#id, reason)) this.#tell('endpoint.disabled', { reason });
    if (this.endpoint) this.endpoint = { ...this.endpoint, is_active: false, disabled_reason: reason };
  }

  #tell(type: OperationalEventType, more: { deliveryId?: string; reason?: string } = {}): void {
    this.#deps.tellOperator?.({ type, endpointId: this.#id, at: new Date(), ...more });
  }
}
