import fc from 'fast-check';
import type { Database } from '#db/database.ts';
import type { Violation } from '#test/properties/judge.ts';
import { withLimitedShrinking } from '#test/properties/limited-shrinking.ts';
import { judgeEnd, watchLife } from './judge-life.ts';
import { Life } from './life.ts';
import { type LifeSchedule, lifeSchedules, tellLife } from './life-schedule.ts';

/** Passes after which everything must have settled: deletions wait to be certain, and lost creates for the vendor's index. */
const mostRounds = 8;

/** Plays a schedule, lets everything settle, and returns the broken invariants. */
export async function judgeLife(db: Database, schedule: LifeSchedule, trace = (_line: string) => {}): Promise<Violation[]> {
  const life = new Life(db, schedule);
  life.simulation.hub.trace = trace;
  const violations = watchLife(life);
  await life.play(schedule);
  const isSettled = await settle(life);
  if (!isSettled) violations.push({ invariant: 'I7', what: `writes or erasures go on after ${mostRounds} passes` });
  return [...violations, ...(await judgeEnd(life))];
}

/** Until a pass writes nothing. False when none does. */
async function settle(life: Life): Promise<boolean> {
  for (let round = 1; round <= mostRounds; round += 1) {
    const before = countWrites(life);
    await life.simulation.round();
    const isErased = await life.eraseRound();
    if (round > 2 && isErased && countWrites(life) === before) return true;
  }
  return false;
}

function countWrites({ simulation }: Life): number {
  return simulation.models.reduce(
    (sum, { writes, records }) => sum + writes.length + records.filter((each) => each.isDeleted).length,
    0,
  );
}

export interface BrokenLife extends Violation {
  /** The shortest schedule that breaks it. */
  schedule: LifeSchedule;
  runs: number;
  seed: number;
  path: string | null;
}

/** Plays schedules about several people until one breaks an invariant. Null when none does. */
export async function findBrokenLife(
  db: Database,
  { runs, seed, path = null, shrinks = true }: { runs: number; seed: number; path?: string | null; shrinks?: boolean },
): Promise<BrokenLife | null> {
  let last: Violation | undefined;
  const judge = withLimitedShrinking(async (schedule: LifeSchedule) => {
    const [broken] = await judgeLife(db, schedule);
    if (!broken) return;
    last = broken;
    throw new Error(broken.what);
  });
  const replay = path === null ? { numRuns: runs } : { numRuns: 1, path };
  const details = await fc.check(fc.asyncProperty(lifeSchedules, judge), { seed, ...replay, endOnFailure: !shrinks });
  const [schedule] = details.counterexample ?? [];
  if (!details.failed || !schedule) {
    if (details.failed && details.errorInstance instanceof Error) throw details.errorInstance;
    return null;
  }
  // An activity that throws is no violation, but as bad.
  const violation = last ?? { invariant: 'I1' as const, what: String(details.errorInstance) };
  return { ...violation, schedule, runs: details.numRuns, seed, path: details.counterexamplePath };
}

/** As text, with the numbers that play it again. */
export function tellBroken({ invariant, what, seed, path, schedule }: BrokenLife): string {
  return [`${invariant}: ${what}`, `--lives --seed ${seed} --path ${path}`, tellLife(schedule)].join('\n');
}
