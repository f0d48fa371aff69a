import fc from 'fast-check';
import { type FaultKind, type Operation, possibleFaults } from './model/faults.ts';
import { etagged, type Traits, unversioned, versioned } from './model/traits.ts';
import { type ListField, listFields, type TextField, textFields } from './world.ts';

/** The fate of a change's hint: it arrives at once, later or never, once or twice. */
export type Hinting = 'now' | 'later' | 'twice' | 'never';

/** An edit of one of the person's records at a vendor. */
interface Edited {
  at: number;
  record: number;
  hint: Hinting;
}

export type EditStep = Edited &
  (
    | { step: 'write'; field: TextField }
    | { step: 'clear'; field: TextField }
    | { step: 'add'; field: ListField; index: number }
    | { step: 'remove'; field: ListField; index: number }
    | { step: 'touch' }
    | { step: 'deny' }
  );

export type Step =
  | EditStep
  /** Runs the next activity of one of the lanes with work, when it is due. */
  | { step: 'work'; index: number }
  /** Runs all due work, in the order of the lanes. */
  | { step: 'work-all' }
  /** Delivers one of the waiting hints, in any order. */
  | { step: 'deliver'; index: number }
  | { step: 'fault'; at: number; operation: Operation; kind: FaultKind }
  | { step: 'release'; index: number }
  | { step: 'advance'; seconds: number }
  /** An operator merges the contacts of the person, where they are several. */
  | { step: 'merge' };

/** The second record of the person at a vendor. */
export interface Second {
  at: number;
  /**
   * `alike`: somebody enters the known person again, exactly alike. `apart`: with another name, number and email, so that it is a
   * contact of its own until an operator merges the two.
   */
  kind: 'alike' | 'apart';
  /** Whether all vendors have it before the steps begin. Always so for `alike`. */
  settled: boolean;
}

export interface Schedule {
  /** The vendors of this run. */
  traits: Traits[];
  /** The vendor at which the person is created first. */
  from: number;
  /** Whether all vendors have the person before the steps begin. */
  settled: boolean;
  /** Null for a person who was entered once. */
  second: Second | null;
  steps: Step[];
}

export interface ScheduleOptions {
  maxSteps: number;
  faults: boolean;
}

const at = fc.nat({ max: 2 });
const record = fc.nat({ max: 1 });
const hint = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Hinting>('now') },
  { weight: 2, arbitrary: fc.constant<Hinting>('later') },
  { weight: 1, arbitrary: fc.constantFrom<Hinting>('twice', 'never') },
);

/** The theme of a schedule: a few kinds of steps, which interact more often than many different ones. */
interface Theme {
  texts: TextField[];
  lists: ListField[];
  faults: { operation: Operation; kind: FaultKind }[];
}

const everyFault = (Object.keys(possibleFaults) as Operation[]).flatMap((operation) =>
  possibleFaults[operation].map((kind) => ({ operation, kind })),
);

const theme: fc.Arbitrary<Theme> = fc.record({
  texts: fc.subarray([...textFields], { minLength: 1 }),
  lists: fc.subarray([...listFields], { minLength: 1 }),
  faults: fc.subarray(everyFault, { minLength: 1, maxLength: 4 }),
});

/** A number selects one of the theme's entries. */
const some = fc.nat({ max: 11 });
const pick = <Item>(from: readonly Item[], index: number): Item => from[index % from.length] as Item;

type DrawnStep = (theme: Theme) => Step;

const edit: fc.Arbitrary<DrawnStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ at, record, some, hint }).map(
      ({ some, ...rest }): DrawnStep =>
        ({ texts }) => ({ step: 'write', ...rest, field: pick(texts, some) }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ at, record, some, hint }).map(
      ({ some, ...rest }): DrawnStep =>
        ({ texts }) => ({ step: 'clear', ...rest, field: pick(texts, some) }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        step: fc.constantFrom('add' as const, 'add' as const, 'remove' as const),
        at,
        record,
        some,
        index: fc.nat({ max: 3 }),
        hint,
      })
      .map(
        ({ some, ...rest }): DrawnStep =>
          ({ lists }) => ({ ...rest, field: pick(lists, some) }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ step: fc.constantFrom('touch' as const, 'deny' as const), at, record, hint }).map(
      (step): DrawnStep =>
        () =>
          step,
    ),
  },
);

const work = fc.oneof(
  { weight: 6, arbitrary: fc.record({ step: fc.constant('work' as const), index: at }) },
  { weight: 2, arbitrary: fc.constant({ step: 'work-all' as const }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('deliver' as const), index: fc.nat({ max: 9 }) }) },
);

const fault = fc.record({ at, some }).map(
  ({ at, some }): DrawnStep =>
    ({ faults }) => ({ step: 'fault', at, ...pick(faults, some) }),
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
  // The first vendor wins conflicts.
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));

const second: fc.Arbitrary<Second | null> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.record({ at, kind: fc.constant('alike' as const), settled: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ at, kind: fc.constant('apart' as const), settled: fc.boolean() }) },
);

export function schedules({ maxSteps, faults }: ScheduleOptions): fc.Arbitrary<Schedule> {
  const step: fc.Arbitrary<DrawnStep> = fc.oneof(
    { weight: 5, arbitrary: edit },
    {
      weight: 7,
      arbitrary: work.map(
        (each): DrawnStep =>
          () =>
            each,
      ),
    },
    ...(faults
      ? [
          { weight: 4, arbitrary: fault },
          {
            weight: 1,
            arbitrary: time.map(
              (each): DrawnStep =>
                () =>
                  each,
            ),
          },
        ]
      : []),
  );
  const steps = fc.array(step, { minLength: 3, maxLength: maxSteps, size: 'max' });
  const begin = fc.record({ traits, from: at, settled: fc.constantFrom(true, true, false), second });
  return fc.tuple(begin, theme, steps, fc.nat({ max: maxSteps })).map(([start, about, drawn, mergeAt]) => {
    const isApart = start.second?.kind === 'apart';
    // Two notes become one text at a merge: no edit wrote it.
    const steps = drawn.map((each) => each(isApart ? { ...about, texts: ['givenName'] } : about));
    return { ...start, steps: isApart ? steps.toSpliced(mergeAt, 0, { step: 'merge' }) : steps };
  });
}

/** A schedule as text: the traits of the vendors, and one step per line. */
export function tell({ traits, from, settled, second, steps }: Schedule): string {
  const vendors = traits.map(({ id, noteLength, shouts, skewSeconds, saysWhen, duplicates }) =>
    JSON.stringify({ id, noteLength, shouts, skewSeconds, saysWhen, duplicates }),
  );
  const start = `entered at ${traits[from]?.id}, ${settled ? 'and known everywhere' : 'and nowhere else yet'}`;
  const again = second === null ? [] : [`entered again: ${JSON.stringify({ ...second, at: traits[second.at]?.id })}`];
  return [...vendors, start, ...again, ...steps.map((step) => JSON.stringify(step))].join('\n');
}
