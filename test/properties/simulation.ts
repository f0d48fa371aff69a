import { sql } from 'kysely';
import { releaseRestored } from '#activities/passes/release-restored.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { runDecision } from '#contacts/merging/run-decision.ts';
import type { Database } from '#db/database.ts';
import { Hub, toHint } from './hub.ts';
import { FakeClock } from './model/clock.ts';
import { ModelProvider } from './model/model-provider.ts';
import { currentOf, type ModelRecord } from './model/record.ts';
import type { EditStep, Hinting, Schedule, Second, Step } from './schedule.ts';
import { World } from './world.ts';

/** Longer than every lag, lease and confirmation time. */
const quietSeconds = 120;
/** More steps than any pass needs: after that, it would never end. */
const activitiesPerRound = 120;
/** How often a pass waits for retries. */
const mostWaits = 10;

let runs = Math.floor(Date.now() / 1_000) % 100_000;

/** One person, some vendors and the hub. */
export class Simulation {
  readonly db: Database;
  readonly clock = new FakeClock();
  readonly models: ModelProvider[];
  readonly hub: Hub;
  readonly world: World;
  readonly #allowed = new Map<ModelProvider, number>();

  constructor(db: Database, { traits }: Pick<Schedule, 'traits'>) {
    this.db = db;
    runs += 1;
    const run = runs;
    // Separate accounts isolate the runs in one database.
    this.models = traits.map((each) => new ModelProvider(each, `account-${process.pid}-${run}`, this.clock));
    this.world = new World(run);
    this.hub = new Hub({ db, clock: this.clock, models: this.models });
    for (const model of this.models) {
      model.onWrite = (write) => {
        this.hub.trace(
          `  ${write.operation} at ${model.traits.id}: ${JSON.stringify(model.live.map(({ versions }) => versions.at(-1)))}`,
        );
        this.world.forgive(write);
      };
    }
  }

  model(at: number): ModelProvider {
    return this.models[at % this.models.length] as ModelProvider;
  }

  async play({ from, settled, second, steps }: Schedule): Promise<void> {
    this.world.enter(this.model(from));
    if (settled || second?.kind === 'alike') await this.drain();
    if (second) await this.#enterAgain(second);
    for (const step of steps) await this.take(step);
    if (second?.kind !== 'apart') return;
    // Both contacts are read by then.
    await this.round();
    await this.merge();
  }

  async #enterAgain({ at, kind, settled }: Second): Promise<void> {
    const model = this.model(at);
    if (kind === 'apart') this.world.enter(model);
    else model.createByHand(structuredClone(currentOf(model.live[0] as ModelRecord).values));
    for (const each of kind === 'apart' ? this.models : [model]) this.#allowed.set(each, 2);
    if (settled) return this.drain();
    // Known to Accord as a contact of its own, and nowhere else yet.
    for (const hint of this.hub.hints.splice(0)) await this.hub.deliver(hint);
    await this.hub.runNext(model.traits.id);
  }

  /** How many records of the person a vendor may have. */
  allowed(model: ModelProvider): number {
    return this.#allowed.get(model) ?? 1;
  }

  /** Merges the contacts of the person into the oldest, as the api does for an operator. */
  async merge(): Promise<void> {
    const [survivorId, ...others] = await this.#contactIds();
    if (survivorId === undefined) return;
    for (const otherId of others) {
      const merging = { survivorId, otherId, why: 'an operator decided', cause: null, actor: 'tester' };
      const { dirty } = await runDecision(this.hub.deps, { isPreview: false }, async (transaction) => {
        await mergeContacts(transaction, merging);
        return { result: null, effect: { contactIds: [survivorId] } };
      });
      for (const { provider, linkId } of dirty) this.hub.observe(provider, linkId);
      for (const { traits } of this.models) this.hub.push(traits.id, survivorId);
    }
  }

  /** The contacts of the person that have values, the oldest first. */
  async #contactIds(): Promise<string[]> {
    const rows = await this.db
      .selectFrom('contact')
      .innerJoin('link', 'link.contact_id', 'contact.id')
      .select('contact.id')
      .distinct()
      .where('link.account_id', '=', this.model(0).accountId)
      .where('contact.merged_into', 'is', null)
      .where('contact.revision', '>', 0)
      .orderBy('contact.id')
      .execute();
    return rows.map(({ id }) => id);
  }

  async take(step: Step): Promise<void> {
    this.hub.trace(JSON.stringify(step));
    if (step.step === 'work-all') return this.workAll();
    if (step.step === 'deliver') return this.#deliver(step.index);
    if (step.step === 'advance') return this.advance(step.seconds);
    if (step.step === 'work') return this.#work(step.index);
    if (step.step === 'release') return this.#release(step.index);
    if (step.step === 'merge') return this.merge();
    const model = this.model(step.at);
    if (step.step === 'fault') return model.faults.add(step.operation, step.kind);
    const record = model.live[step.record % model.live.length];
    if (!record) return;
    const known = this.hub.hints.length;
    this.#edit(step, model, record);
    await this.hint(known, step.hint);
  }

  #edit(step: EditStep, model: ModelProvider, record: ModelRecord): void {
    const { world } = this;
    const holds = (field: string) => (model.traits.fields as readonly string[]).includes(field);
    if (step.step === 'touch') model.touch(record);
    else if (step.step === 'deny') holds('doNotContact') && world.deny(model, record, 'call');
    else if (!holds(step.field)) return;
    else if (step.step === 'write') world.write(model, record, step.field);
    else if (step.step === 'clear') world.clear(model, record, step.field);
    else if (step.step === 'add') world.add(model, record, step.field);
    else world.remove(model, record, step.field, step.index);
  }

  /** The fate of the hints that a change has added to the `known` ones. */
  async hint(known: number, hint: Hinting): Promise<void> {
    if (hint === 'later') return;
    for (const each of this.hub.hints.splice(known)) {
      if (hint !== 'never') await this.hub.deliver(each);
      if (hint === 'twice') this.hub.hints.push(each);
    }
  }

  async #deliver(index: number): Promise<void> {
    const { hints } = this.hub;
    const [hint] = hints.length === 0 ? [] : hints.splice(index % hints.length, 1);
    if (hint) await this.hub.deliver(hint);
  }

  /** Runs all due work. */
  async workAll(): Promise<void> {
    for (let left = activitiesPerRound; left > 0; ) {
      const ready = this.#lanes((id) => (this.hub.nextDue(id) ?? Number.POSITIVE_INFINITY) <= this.clock.ms);
      if (ready.length === 0) return;
      for (const id of ready) await this.hub.runNext(id);
      left -= ready.length;
    }
  }

  /** Runs all work, and waits for the retries of failed work. */
  async #finish(): Promise<void> {
    for (let waits = 0; waits < mostWaits; waits += 1) {
      await this.workAll();
      if (this.#lanes((id) => this.hub.nextDue(id) !== null).length === 0) return;
      await this.advance(10);
    }
  }

  /** Runs the work of one of the lanes that have any, and waits until it is due. */
  async #work(index: number): Promise<void> {
    const lanes = this.#lanes((id) => this.hub.nextDue(id) !== null);
    const lane = lanes[index % lanes.length];
    if (lane === undefined) return;
    const wait = (this.hub.nextDue(lane) as number) - this.clock.ms;
    if (wait > 0) await this.advance(wait / 1_000);
    await this.hub.runNext(lane);
  }

  async #release(index: number): Promise<void> {
    const lanes = this.#lanes((id) => this.hub.isHeld(id));
    const lane = lanes[index % lanes.length];
    if (lane !== undefined) await this.hub.release(lane);
  }

  #lanes(suits: (id: string) => boolean): string[] {
    return this.models.map(({ traits }) => traits.id).filter(suits);
  }

  /** Leases use the database's clock, which cannot be moved: the leases are moved instead. */
  async advance(seconds: number): Promise<void> {
    this.clock.advance(seconds);
    await this.db
      .updateTable('link')
      .set({ lease_until: sql<Date>`lease_until - make_interval(secs => ${seconds})` })
      .where('account_id', '=', this.model(0).accountId)
      .where('lease_until', 'is not', null)
      .execute();
  }

  /** Ends all faults: requests in flight arrive, and every record is read again, as in a full pass. */
  async round(): Promise<void> {
    this.hub.trace('round');
    for (const model of this.models) model.faults.clear();
    for (const { traits } of this.models) while (this.hub.isHeld(traits.id)) await this.hub.release(traits.id);
    await this.advance(quietSeconds);
    for (const model of this.models) model.settleLate();
    this.hub.hints.length = 0;
    for (const model of this.models) {
      const listed = model.live.map(({ externalId }) => externalId);
      await releaseRestored(this.hub.deps, getConnected(this.hub.deps, model.traits.id), listed, {});
      for (const record of model.live) await this.hub.deliver(toHint(model, record));
    }
    await this.#observeAbsent();
    await this.#finish();
  }

  async drain(rounds = 2): Promise<void> {
    for (let round = 0; round < rounds; round += 1) await this.round();
  }

  /** Reads by id the links whose record is missing from the listing. */
  async #observeAbsent(): Promise<void> {
    const links = await this.db
      .selectFrom('link')
      .select(['id', 'provider', 'external_id'])
      .where('account_id', '=', this.model(0).accountId)
      .where('state', '=', 'linked')
      .execute();
    for (const { id, provider, external_id } of links) {
      const model = this.models.find(({ traits }) => traits.id === provider);
      if (!model?.live.some(({ externalId }) => externalId === external_id)) this.hub.observe(provider, id);
    }
  }
}
