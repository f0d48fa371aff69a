import { randomUUIDv7 } from 'node:crypto';
import { observeRecord } from '#activities/contact/observe-record.ts';
import { pushRecord } from '#activities/contact/push-record.ts';
import type { ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import type { Database } from '#db/database.ts';
import { addAccounts } from '#db/sync/account-modes.ts';
import { acceptEvent } from '#db/sync/inbox.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { Lane, type Work } from './lane.ts';
import { Activity } from './model/activity.ts';
import type { FakeClock } from './model/clock.ts';
import type { ModelProvider } from './model/model-provider.ts';
import { type ModelRecord, show } from './model/record.ts';
import { fitTo } from './model/traits.ts';

export interface Hint {
  provider: string;
  externalId: string;
  /** The record at the time of the event. It must not be trusted: events arrive late and in any order. */
  body: ProviderRecord;
  /** Ids of records that the vendor has merged into this one. */
  replaces?: string[];
}

/** The real observe and push, driven by a schedule in place of ingress and workflows. */
export class Hub {
  readonly deps: ActivityDeps;
  readonly hints: Hint[] = [];
  readonly errors: unknown[] = [];
  /** Receives a line for each step, to examine a schedule. */
  trace: (line: string) => void = () => {};
  /** Called when a read has been stored. */
  onObserved: () => void | Promise<void> = () => {};
  /** Activities that ran. */
  runs = 0;
  #causes = 0;
  /** The record of the latest event, by link. */
  readonly bodies = new Map<string, ProviderRecord>();
  readonly #db: Database;
  readonly #clock: FakeClock;
  readonly #models: Map<string, ModelProvider>;
  readonly #lanes: Map<string, Lane>;
  #live: Promise<unknown> | null = null;

  constructor({ db, clock, models }: { db: Database; clock: FakeClock; models: readonly ModelProvider[] }) {
    this.#db = db;
    this.#clock = clock;
    this.#models = new Map(models.map((model) => [model.traits.id, model]));
    this.#lanes = new Map(models.map((model) => [model.traits.id, new Lane()]));
    this.deps = dependencies({ db, clock, models }, (contactId, { observe, push }) => {
      for (const { linkId, provider } of observe) this.observe(provider, linkId);
      for (const provider of push) this.push(provider, contactId);
    });
    for (const model of models) {
      model.onChange = (record) => this.hints.push(toHint(model, record));
    }
  }

  /** Stores an event and requests a read, as ingress does for a webhook, or a poll for a row. */
  async deliver({ provider, externalId, body, replaces }: Hint): Promise<{ contactId: string; linkId: string }> {
    this.#live ??= addAccounts(this.#db, [...this.#models.keys()], 'live');
    await this.#live;
    const { accountId } = this.#models.get(provider) as ModelProvider;
    const accepted = await acceptEvent(this.#db, {
      ...{ provider, accountId, externalId, eventId: randomUUIDv7(), type: 'changed', scheme: 'none', payload: '{}' },
      ...{ headers: {}, occurredAt: null, receivedAt: this.#clock.now() },
      ...(replaces && { replaces }),
    });
    this.bodies.set(accepted.linkId, body);
    this.observe(provider, accepted.linkId);
    return accepted;
  }

  observe(provider: string, linkId: string, afterMs = 0): void {
    const cause = () => this.#newCause(`observe/${linkId}`);
    this.#lane(provider).ask('observe', linkId, { cause, due: this.#clock.ms + afterMs });
  }

  push(provider: string, contactId: string): void {
    const cause = () => this.#newCause(`push/${provider}/${contactId}`);
    this.#lane(provider).ask('push', contactId, { cause, due: this.#clock.ms });
  }

  /** When the next work of a lane is due, in milliseconds by the fake clock; null when there is none, or the lane is working. */
  nextDue(provider: string): number | null {
    return this.#lane(provider).nextDue;
  }

  /** Whether an activity of the lane is held at a call. */
  isHeld(provider: string): boolean {
    return this.#lane(provider).running !== null;
  }

  /** Runs the next work of a lane until it has ended, is held at a call, or has crashed. */
  async runNext(provider: string): Promise<void> {
    const lane = this.#lane(provider);
    const work = lane.take(this.#clock.ms);
    if (!work) return;
    this.runs += 1;
    const activity = new Activity(work.cause);
    const ended = this.#perform(provider, work, activity).catch((error: unknown) => {
      this.errors.push(error);
      this.trace(`  ${work.cause}: ${(error as Error).name}: ${(error as Error).message}`);
      lane.giveBack(work, this.#clock.ms);
    });
    lane.running = { work, activity, ended };
    await this.#attend(lane);
  }

  /** Releases the activity that is held at a call. */
  async release(provider: string): Promise<void> {
    const lane = this.#lane(provider);
    if (!lane.running) return;
    lane.running.activity.release();
    await this.#attend(lane);
  }

  async #attend(lane: Lane): Promise<void> {
    const { work, activity, ended } = lane.running as NonNullable<Lane['running']>;
    await Promise.race([ended, activity.interrupted]);
    if (activity.isHeld) return;
    lane.running = null;
    if (!activity.isDead) return;
    this.trace(`  ${work.cause}: crashed`);
    lane.giveBack(work, this.#clock.ms);
  }

  async #perform(provider: string, work: Work, { signal, cause }: Activity): Promise<void> {
    const done = work.kind === 'observe' ? await this.#observe(provider, work, signal) : await this.#push(provider, work, signal);
    this.trace(`  ${cause}: ${done.outcome}, out of step: ${done.outOfStep.join()}`);
    for (const target of done.outOfStep) this.push(target, done.contactId);
  }

  async #observe(provider: string, { id: linkId, cause }: Work, signal: AbortSignal) {
    const observed = await observeRecord(this.deps, { linkId, cause }, { signal });
    await this.onObserved();
    if (observed.againAfterMs !== undefined) this.observe(provider, linkId, observed.againAfterMs);
    return observed;
  }

  async #push(provider: string, { id: contactId, cause }: Work, signal: AbortSignal) {
    const pushed = await pushRecord(this.deps, { contactId, provider, cause, owner: cause }, { signal });
    return { ...pushed, contactId };
  }

  #newCause(what: string): string {
    this.#causes += 1;
    return `${what}#${this.#causes}`;
  }

  #lane(provider: string): Lane {
    return this.#lanes.get(provider) as Lane;
  }
}

export function toHint({ traits }: ModelProvider, record: ModelRecord): Hint {
  return { provider: traits.id, externalId: record.externalId, body: show(traits, record) };
}

function dependencies(
  { db, clock, models }: { db: Database; clock: FakeClock; models: readonly ModelProvider[] },
  announce: (contactId: string, changed: Parameters<ActivityDeps['signalContact']>[1]) => void,
): ActivityDeps {
  const providers = new Map(
    models.map(({ traits, client }): [string, ConnectedProvider] => [
      traits.id,
      {
        provider: { id: traits.id, name: traits.id, fields: traits.fields },
        fitValues: (values) => fitTo(traits, values),
        client,
      },
    ]),
  );
  return {
    ...{ db, providers, audiences: [], sharing: {}, now: clock.now },
    conflicts: { order: models.map(({ traits }) => traits.id), fields: {} },
    signalContact: async (contactId, changed) => announce(contactId, changed),
  };
}
