import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { useDatabase } from '#test/db/test-database.ts';
import { readState } from './judge.ts';
import { type FaultKind, possibleFaults } from './model/faults.ts';
import { currentOf } from './model/record.ts';
import { etagged, unversioned, versioned } from './model/traits.ts';
import { Scenario } from './scenario.ts';
import { settings, timeoutFor } from './settings.ts';
import { listFields, textFields } from './world.ts';

const on = useDatabase();

/** A fraction of the runs that schedules get: these scenarios run one after the other. */
const numRuns = Math.ceil(settings.runs / 20);
const replay = { seed: settings.seed, numRuns, ...(settings.path && { path: settings.path, numRuns: 1 }) };
const place = fc.constantFrom(0 as const, 1 as const, 2 as const);

describe('I5 idempotence', () => {
  it(
    'repeating any event or activity changes nothing',
    async () => {
      const property = fc.asyncProperty(
        place,
        fc.constantFrom(...textFields),
        fc.integer({ min: 2, max: 3 }),
        async (at, field, times) => {
          const scenario = await Scenario.start(on.db, { from: at });
          const text = scenario.write(at, field);
          const hints = [...scenario.simulation.hub.hints];
          await scenario.deliver();
          await scenario.workAll();
          const once = await look(scenario);
          for (let again = 1; again < times; again += 1) {
            for (const hint of hints) await scenario.simulation.hub.deliver(hint);
            for (const { id } of once.state.contacts)
              for (const { traits } of scenario.simulation.models) scenario.simulation.hub.push(traits.id, id);
            await scenario.workAll();
          }
          expect(await look(scenario)).toEqual(once);
          for (const other of [0, 1, 2] as const) expect(scenario.values(other)[field]).toBe(text);
        },
      );
      await fc.assert(property, replay);
    },
    timeoutFor(numRuns),
  );
});

describe('I6 order-independence', () => {
  const edits = fc.uniqueArray(fc.record({ at: place, field: fc.constantFrom(...textFields) }), {
    minLength: 2,
    maxLength: 2,
    selector: ({ at, field }) => `${at} ${field}`,
  });
  const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });

  it(
    'edits of different fields end the same in any order of their events',
    async () => {
      const unlike = edits.filter(([one, other]) => one?.field !== other?.field);
      const property = fc.asyncProperty(unlike, order, async (both, places) => {
        const scenario = await Scenario.start(on.db);
        const texts = both.map(({ at, field }) => ({ field, text: scenario.write(at, field) }));
        await shuffle(scenario, places);
        expect(await scenario.violations()).toEqual([]);
        for (const { field, text } of texts) for (const at of [0, 1, 2] as const) expect(scenario.values(at)[field]).toBe(text);
      });
      await fc.assert(property, replay);
    },
    timeoutFor(numRuns),
  );

  it(
    'of two edits of one field, the rule decides, not the order of their events',
    async () => {
      const alike = edits.filter(([one, other]) => one?.field === other?.field);
      const property = fc.asyncProperty(alike, order, async (both, places) => {
        const scenario = await Scenario.start(on.db);
        const written = both.map(({ at, field }) => ({ at, text: scenario.write(at, field) }));
        const [winner] = written.toSorted((one, other) => one.at - other.at);
        await shuffle(scenario, places);
        expect(await scenario.violations()).toEqual([]);
        const field = both[0]?.field ?? 'note';
        for (const at of [0, 1, 2] as const) expect(scenario.values(at)[field]).toBe(winner?.text);
      });
      await fc.assert(property, replay);
    },
    timeoutFor(numRuns),
  );
});

describe('I8 bounded work', () => {
  it(
    'one edit costs one read at its vendor and one write at each other vendor, after a read where there is no precondition',
    async () => {
      const property = fc.asyncProperty(place, fc.constantFrom(...textFields, ...listFields), async (at, field) => {
        const scenario = await Scenario.start(on.db);
        const { world } = scenario.simulation;
        const model = scenario.at(at);
        if (!(model.traits.fields as readonly string[]).includes(field)) return;
        const before = scenario.simulation.models.map(({ calls }) => calls.length);
        if (field === 'givenName' || field === 'note') scenario.write(at, field);
        else world.add(model, scenario.record(at), field);
        await scenario.deliver();
        await scenario.workAll();
        scenario.simulation.models.forEach(({ calls, traits }, index) => {
          const made = calls.slice(before[index]).map(({ operation }) => operation);
          const look = traits.hasPrecondition ? [] : ['read'];
          const allowed = index === at ? ['read'] : [...look, 'update'];
          expect(allowed.join()).toContain(made.join());
        });
      });
      await fc.assert(property, replay);
    },
    timeoutFor(numRuns),
  );
});

describe('I9 partial writes', () => {
  it(
    'no push contains an unchanged field, and no column that is unknown to Accord changes',
    async () => {
      const property = fc.asyncProperty(
        fc.array(fc.record({ at: place, field: fc.constantFrom(...textFields) }), { minLength: 1, maxLength: 4 }),
        async (all) => {
          const scenario = await Scenario.start(on.db);
          for (const at of [0, 1, 2] as const) scenario.record(at).unmapped.colour = `blue ${at}`;
          for (const { at, field } of all) {
            scenario.write(at, field);
            await scenario.deliver();
            await scenario.workAll();
          }
          const needless = scenario.simulation.models.flatMap(({ writes }) => writes.flatMap((write) => write.needless));
          expect(needless).toEqual([]);
          for (const at of [0, 1, 2] as const) expect(scenario.record(at).unmapped).toEqual({ colour: `blue ${at}` });
        },
      );
      await fc.assert(property, replay);
    },
    timeoutFor(numRuns),
  );
});

describe('I11 isolation', () => {
  it.each(['unavailable', 'limited', 'refused', 'lost'] satisfies FaultKind[])(
    'a vendor whose every call ends in %s delays no other vendor',
    async (kind) => {
      const scenario = await Scenario.start(on.db);
      for (const operation of ['read', 'update'] as const) {
        if (!possibleFaults[operation].includes(kind)) continue;
        for (let call = 0; call < 50; call += 1) scenario.fault(1, operation, kind);
      }
      const note = scenario.write(0, 'note');
      await scenario.deliver();
      await scenario.workAll();
      expect(scenario.values(2).note).toBe(note);
      const name = scenario.write(2, 'givenName');
      await scenario.deliver();
      await scenario.workAll();
      expect(scenario.values(0).givenName).toBe(name);
      expect(await scenario.violations()).toEqual([]);
    },
  );

  it('a contact that one vendor refuses is in step at the others, and delays no other contact', async () => {
    const traits = [versioned, etagged, unversioned];
    const [poisoned, other] = [await Scenario.start(on.db, { traits }), await Scenario.start(on.db, { traits })];
    for (let call = 0; call < 50; call += 1) poisoned.fault(1, 'update', 'refused');
    const [text, otherText] = [poisoned.write(0, 'note'), other.write(0, 'note')];
    for (const each of [poisoned, other]) {
      await each.deliver();
      await each.workAll();
    }
    expect([poisoned.values(2).note, other.values(1).note, other.values(2).note]).toEqual([text, otherText, otherText]);
    expect(currentOf(poisoned.record(1)).values.note ?? null).toBeNull();
  });
});

/** Delivers the hint of each edit in the drawn order, with all work done in between. */
async function shuffle(scenario: Scenario, places: readonly number[]): Promise<void> {
  const { hub } = scenario.simulation;
  for (const turn of places) {
    const [hint] = hub.hints.length === 0 ? [] : hub.hints.splice(turn % hub.hints.length, 1);
    if (hint) await hub.deliver(hint);
    if (turn % 2 === 0) await scenario.work((turn % 3) as 0 | 1 | 2);
  }
}

async function look(scenario: Scenario) {
  const state = await readState(scenario.simulation);
  // Each delivery is an activity of its own, which may leave no row.
  return { writes: scenario.writes, state };
}
