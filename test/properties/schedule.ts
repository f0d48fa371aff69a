import fc from 'fast-check';
import { type FaultKind, type Operation, possibleFaults } from './model/faults.ts';
import { etagged, type Traits, unversioned, versioned } from './model/traits.ts';
import { type ListField, listFields, type TextField, textFields } from './world.ts';

/** What happens to the hint of a change: it comes at once, later or never, once or twice. */
export type Hinting = 'now' | 'later' | 'twice' | 'never';

export type EditStep =
  | { step: 'write'; at: number; field: TextField; hint: Hinting }
  | { step: 'clear'; at: number; field: TextField; hint: Hinting }
  | { step: 'add'; at: number; field: ListField; index: number; hint: Hinting }
  | { step: 'remove'; at: number; field: ListField; index: number; hint: Hinting }
  | { step: 'touch'; at: number; hint: Hinting }
  | { step: 'deny'; at: number; hint: Hinting };

export type Step =
  | EditStep
  /** Runs the next activity of one of the lanes that have any, when it is due. */
  | { step: 'work'; index: number }
  /** Runs everything that is due, in the order of the lanes. */
  | { step: 'work-all' }
  /** One of the hints that wait arrives, in any order. */
  | { step: 'deliver'; index: number }
  | { step: 'fault'; at: number; operation: Operation; kind: FaultKind }
  | { step: 'release'; index: number }
  | { step: 'advance'; seconds: number };

export interface Schedule {
  /** The vendors of this run. */
  traits: Traits[];
  /** Where the person is entered first. */
  from: number;
  /** Whether all vendors have the person before the steps begin. */
  settled: boolean;
  steps: Step[];
}

export interface ScheduleOptions {
  maxSteps: number;
  faults: boolean;
}

const at = fc.nat({ max: 2 });
const hint = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Hinting>('now') },
  { weight: 2, arbitrary: fc.constant<Hinting>('later') },
  { weight: 1, arbitrary: fc.constantFrom<Hinting>('twice', 'never') },
);

const edit = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ step: fc.constant('write' as const), at, field: fc.constantFrom(...textFields), hint }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('clear' as const), at, field: fc.constantFrom(...textFields), hint }) },
  {
    weight: 4,
    arbitrary: fc.record({
      step: fc.constantFrom('add' as const, 'add' as const, 'remove' as const),
      at,
      field: fc.constantFrom(...listFields),
      index: fc.nat({ max: 3 }),
      hint,
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constantFrom('touch' as const, 'deny' as const), at, hint }) },
);

const work = fc.oneof(
  { weight: 6, arbitrary: fc.record({ step: fc.constant('work' as const), index: at }) },
  { weight: 2, arbitrary: fc.constant({ step: 'work-all' as const }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('deliver' as const), index: fc.nat({ max: 9 }) }) },
);

const fault = fc.constantFrom<Operation>('update', 'update', 'read', 'read', 'create', 'find').chain((operation) =>
  fc.record({
    step: fc.constant('fault' as const),
    at,
    operation: fc.constant(operation),
    kind: fc.constantFrom(...possibleFaults[operation]),
  }),
);

const time = fc.oneof(
  fc.record({ step: fc.constant('advance' as const), seconds: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ step: fc.constant('release' as const), index: at }),
);

const traits: fc.Arbitrary<Traits[]> = fc
  .tuple(
    fc.record({ saysWhen: fc.boolean(), noteLength: fc.constantFrom(500, 12), shouts: fc.boolean() }),
    fc.record({ skewSeconds: fc.constantFrom(0, -300, 300), duplicates: fc.constantFrom('refused', 'allowed') }),
  )
  .map(([one, two]) => [
    { ...versioned, noteLength: one.noteLength },
    { ...etagged, shouts: one.shouts, skewSeconds: two.skewSeconds },
    { ...unversioned, saysWhen: one.saysWhen, duplicates: two.duplicates as Traits['duplicates'] },
  ])
  // The first wins conflicts.
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));

export function schedules({ maxSteps, faults }: ScheduleOptions): fc.Arbitrary<Schedule> {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: edit },
    { weight: 6, arbitrary: work },
    ...(faults
      ? [
          { weight: 4, arbitrary: fault },
          { weight: 2, arbitrary: time },
        ]
      : []),
  );
  return fc.record({
    traits,
    from: at,
    settled: fc.boolean(),
    steps: fc.array(step, { minLength: 3, maxLength: maxSteps, size: 'max' }),
  });
}

/** A schedule as people read it: what is special of the vendors, and a step a line. */
export function tell({ traits, from, settled, steps }: Schedule): string {
  const vendors = traits.map(({ id, noteLength, shouts, skewSeconds, saysWhen, duplicates }) =>
    JSON.stringify({ id, noteLength, shouts, skewSeconds, saysWhen, duplicates }),
  );
  const start = `entered at ${traits[from]?.id}, ${settled ? 'and known everywhere' : 'and nowhere else yet'}`;
  return [...vendors, start, ...steps.map((step) => JSON.stringify(step))].join('\n');
}
