import type { Database } from '#db/database.ts';
import { toHint } from './hub.ts';
import {
  type FinalState,
  judgeAgreement,
  judgeBlame,
  judgeBurials,
  judgeExplanations,
  judgeSecrets,
  judgeUpdates,
  readState,
  type Violation,
} from './judge.ts';
import type { FaultKind, Operation } from './model/faults.ts';
import type { ModelProvider } from './model/model-provider.ts';
import { currentOf, type ModelRecord } from './model/record.ts';
import { etagged, type Traits, unversioned, versioned } from './model/traits.ts';
import { Simulation } from './simulation.ts';
import type { TextField } from './world.ts';

type Place = 0 | 1 | 2;

/** A schedule written by hand: three vendors (like Square, Google and GoHighLevel) and one person. */
export class Scenario {
  readonly simulation: Simulation;

  constructor(db: Database, traits: Traits[] = [versioned, etagged, unversioned]) {
    this.simulation = new Simulation(db, { traits });
  }

  /** The person exists at one vendor, and at the others unless the scenario starts before that. */
  static async start(db: Database, options: { from?: Place; settled?: boolean; traits?: Traits[] } = {}): Promise<Scenario> {
    const scenario = new Scenario(db, options.traits);
    scenario.simulation.world.enter(scenario.at(options.from ?? 0));
    if (options.settled ?? true) await scenario.simulation.drain();
    return scenario;
  }

  at(place: Place): ModelProvider {
    return this.simulation.model(place);
  }

  record(place: Place): ModelRecord {
    const [record] = this.at(place).live;
    if (!record) throw new Error(`${this.at(place).traits.id} has no record`);
    return record;
  }

  values(place: Place) {
    return currentOf(this.record(place)).values;
  }

  write(place: Place, field: TextField): string {
    this.simulation.world.write(this.at(place), this.record(place), field);
    return this.values(place)[field] as string;
  }

  fault(place: Place, operation: Operation, kind: FaultKind): void {
    this.at(place).faults.add(operation, kind);
  }

  /** Delivers all waiting hints and runs every lane. */
  async deliver(): Promise<void> {
    for (const hint of this.simulation.hub.hints.splice(0)) await this.simulation.hub.deliver(hint);
  }

  /** Delivers a hint without a change. */
  async announce(place: Place): Promise<void> {
    await this.simulation.hub.deliver(toHint(this.at(place), this.record(place)));
  }

  /** Drops all waiting hints. */
  dropHints(): void {
    this.simulation.hub.hints.length = 0;
  }

  async work(place: Place): Promise<void> {
    await this.simulation.hub.runNext(this.at(place).traits.id);
  }

  async workAll(): Promise<void> {
    await this.simulation.workAll();
  }

  advance(seconds: number): Promise<void> {
    return this.simulation.advance(seconds);
  }

  /** Lets everything arrive and settle. Returns the broken invariants. */
  async violations(): Promise<Violation[]> {
    await this.simulation.drain();
    const state = await readState(this.simulation);
    const judges = [judgeAgreement, judgeUpdates, judgeExplanations, judgeBlame, judgeBurials, judgeSecrets];
    return judges.flatMap((judge) => judge(this.simulation, state));
  }

  state(): Promise<FinalState> {
    return readState(this.simulation);
  }

  get writes(): number {
    return this.simulation.models.reduce((sum, { writes }) => sum + writes.length, 0);
  }

  get reads(): number {
    return this.simulation.models.reduce(
      (sum, { calls }) => sum + calls.filter(({ operation }) => operation === 'read').length,
      0,
    );
  }
}
