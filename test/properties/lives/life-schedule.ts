import fc from 'fast-check';
import type { DeleteDecision } from '#contacts/deletes/decide-delete.ts';
import { type DeletePolicy, deletePolicies } from '#domain/deletes/delete-policy.ts';
import { type FaultKind, type Operation, possibleFaults } from '#test/properties/model/faults.ts';
import type { Traits } from '#test/properties/model/traits.ts';
import type { Hinting } from '#test/properties/schedule.ts';

/** Something that happens to one of the people. `at` is the vendor. */
export type LifeEvent =
  /** People at a vendor. */
  | { step: 'edit' | 'delete' | 'refuse'; who: number; at: number; hint: Hinting }
  /**
   * A deleted record is restored under its id, or the person is entered again with the same email. `isNoticed`: after Accord has found
   * out about the deletion.
   */
  | { step: 'reappear'; who: number; at: number; how: 'restored' | 'anew'; isNoticed: boolean; hint: Hinting }
  /** The first vendor merges the records of two people. */
  | { step: 'merge-at-vendor'; who: number; other: number; hint: Hinting }
  /** Operators of Accord. */
  | { step: 'merge'; who: number; other: number }
  | { step: 'undo-merge' | 'deny' | 'lift' | 'suppress' | 'unsuppress' | 'erase'; who: number }
  | { step: 'decide'; index: number; decision: DeleteDecision };

export type LifeStep =
  | LifeEvent
  | { step: 'work'; index: number }
  | { step: 'work-all' }
  | { step: 'deliver'; index: number }
  | { step: 'fault'; at: number; operation: Operation; kind: FaultKind }
  | { step: 'release'; index: number }
  | { step: 'advance'; seconds: number }
  /** Two minutes later, everything is read: what was not found before counts as deleted. */
  | { step: 'pass' }
  /** One round of the workflow of each erasure that is open. */
  | { step: 'erase-round' };

export interface Newcomer {
  at: number;
  isLead: boolean;
  /** Shares the phone number of the first person. */
  isRelative: boolean;
}

export interface LifeSchedule {
  people: Newcomer[];
  /** Whether all vendors have everybody before the steps begin. */
  settled: boolean;
  policy: DeletePolicy;
  /** Of the last vendor, as to records at the dialer. */
  policyForDialer: DeletePolicy;
  duplicates: Traits['duplicates'];
  steps: LifeStep[];
}

const who = fc.nat({ max: 2 });
const member = fc.nat({ max: 1 });
const vendor = fc.nat({ max: 2 });
const hint = fc.constantFrom<Hinting>('now', 'now', 'later', 'twice', 'never');

const ofOperator = (...steps: ('undo-merge' | 'deny' | 'lift' | 'suppress' | 'unsuppress' | 'erase')[]) =>
  fc.record({ step: fc.constantFrom(...steps), who });

/** The themes: kinds of events that meet in one schedule. */
const themes: Record<string, fc.Arbitrary<LifeEvent>> = {
  deletes: fc.oneof(
    fc.record({ step: fc.constant('delete' as const), who, at: vendor, hint }),
    fc.record({
      ...{ step: fc.constant('reappear' as const), who, at: vendor, hint },
      how: fc.constantFrom('restored' as const, 'anew' as const),
      isNoticed: fc.boolean(),
    }),
    fc.record({
      ...{ step: fc.constant('decide' as const), index: fc.nat({ max: 3 }) },
      decision: fc.constantFrom<DeleteDecision>('approve', 'approve', 'reject', 'restore', 'undo'),
    }),
  ),
  refusals: fc.oneof(
    { weight: 2, arbitrary: fc.record({ step: fc.constant('refuse' as const), who, at: fc.constantFrom(1, 2), hint }) },
    { weight: 3, arbitrary: ofOperator('deny', 'suppress', 'lift', 'unsuppress') },
  ),
  merges: fc.oneof(
    fc.record({ step: fc.constant('merge-at-vendor' as const), who, other: who, hint }),
    fc.record({ step: fc.constant('merge' as const), who, other: who }),
    ofOperator('undo-merge'),
  ),
  erasures: ofOperator('erase'),
};

const everyFault = (Object.keys(possibleFaults) as Operation[]).flatMap((operation) =>
  possibleFaults[operation].map((kind) => ({ operation, kind })),
);

const work: fc.Arbitrary<LifeStep> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ step: fc.constant('work' as const), index: vendor }) },
  { weight: 2, arbitrary: fc.constant({ step: 'work-all' as const }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('deliver' as const), index: fc.nat({ max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('advance' as const), seconds: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('release' as const), index: vendor }) },
  { weight: 2, arbitrary: fc.constant({ step: 'pass' as const }) },
  { weight: 1, arbitrary: fc.constant({ step: 'erase-round' as const }) },
);

const edit: fc.Arbitrary<LifeEvent> = fc.record({ step: fc.constant('edit' as const), who, at: member, hint });

const steps = fc
  .tuple(
    fc.subarray(Object.keys(themes), { minLength: 1, maxLength: 3 }),
    fc.subarray(everyFault, { minLength: 1, maxLength: 3 }),
  )
  .chain(([names, faults]) => {
    const events = fc.oneof(...names.map((name) => themes[name] as fc.Arbitrary<LifeEvent>));
    const fault = fc.tuple(vendor, fc.constantFrom(...faults)).map(([at, each]) => ({ step: 'fault' as const, at, ...each }));
    const step = fc.oneof<fc.MaybeWeightedArbitrary<LifeStep>[]>(
      { weight: 4, arbitrary: events },
      { weight: 1, arbitrary: edit },
      { weight: 5, arbitrary: work },
      { weight: 2, arbitrary: fault },
    );
    return fc.array(step, { minLength: 3, maxLength: 20, size: 'max' });
  });

const policy = fc.constantFrom(...deletePolicies);

export const lifeSchedules: fc.Arbitrary<LifeSchedule> = fc.record({
  people: fc.array(
    fc.record({ at: member, isLead: fc.constantFrom(true, true, false), isRelative: fc.constantFrom(false, false, true) }),
    { minLength: 2, maxLength: 3 },
  ),
  settled: fc.constantFrom(true, true, false),
  policy: policy.filter((each) => each !== 'archive'),
  policyForDialer: policy,
  duplicates: fc.constantFrom('refused', 'allowed'),
  steps,
});

/** A schedule as text, one step per line. */
export function tellLife({ steps: all, ...start }: LifeSchedule): string {
  return [JSON.stringify(start), ...all.map((step) => JSON.stringify(step))].join('\n');
}
