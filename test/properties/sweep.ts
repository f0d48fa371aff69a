import fc from 'fast-check';
import type { Database } from '#db/database.ts';
import { defaultLanes, inLanes } from './in-lanes.ts';
import type { Invariant, Violation } from './judge.ts';
import { runSchedule } from './run-schedule.ts';
import { type Schedule, type ScheduleOptions, schedules, tell } from './schedule.ts';

export interface Found extends Violation {
  /** Make fast-check replay the schedule. */
  seed: number;
  path: string;
}

export interface SweepResult {
  runs: number;
  activities: number;
  seconds: number;
  /** The first schedule that broke each invariant. */
  found: Map<Invariant, Found>;
  /** The number of schedules that broke each invariant. */
  counts: Map<Invariant, number>;
}

export interface SweepOptions extends ScheduleOptions {
  runs: number;
  seed: number;
  /** Plays only this schedule of `seed`. */
  path?: string | null;
  /** Stops at the first violation. */
  stopAtFirst?: boolean;
}

/** Plays many schedules and returns the broken invariants. `minimise` shrinks a schedule. */
export async function sweep(db: Database, options: SweepOptions): Promise<SweepResult> {
  const result: SweepResult = { runs: 0, activities: 0, seconds: 0, found: new Map(), counts: new Map() };
  const startedAt = performance.now();
  const lanes = options.path ? 1 : defaultLanes;
  await inLanes({ ...options, lanes }, ({ seed, runs }) => sweepLane(db, options, seed, runs, result));
  result.seconds = (performance.now() - startedAt) / 1_000;
  return result;
}

async function sweepLane(db: Database, options: SweepOptions, seed: number, runs: number, result: SweepResult): Promise<void> {
  let index = 0;
  const property = fc.asyncProperty(schedules(options), async (schedule) => {
    const path = options.path ?? String(index++);
    if (options.stopAtFirst && result.found.size > 0) return;
    const { violations, activities } = await play(db, schedule);
    result.runs += 1;
    result.activities += activities;
    for (const invariant of new Set(violations.map((violation) => violation.invariant))) {
      result.counts.set(invariant, (result.counts.get(invariant) ?? 0) + 1);
    }
    for (const violation of violations) {
      if (!result.found.has(violation.invariant)) result.found.set(violation.invariant, { ...violation, seed, path });
    }
  });
  const { path } = options;
  await fc.assert(property, path ? { seed, path, numRuns: 1 } : { seed, numRuns: runs });
}

async function play(db: Database, schedule: Schedule): Promise<{ violations: Violation[]; activities: number }> {
  const { violations, simulation } = await runSchedule(db, schedule);
  return { violations, activities: simulation.hub.runs };
}

/** The shortest schedule that breaks the invariant, as text with the command to replay it. */
export async function minimise(db: Database, options: ScheduleOptions, { seed, path, invariant }: Found): Promise<string> {
  const property = fc.asyncProperty(schedules(options), async (schedule) => {
    const { violations } = await runSchedule(db, schedule);
    const broken = violations.find((violation) => violation.invariant === invariant);
    if (broken) throw new Error(`${broken.invariant}: ${broken.what}`);
  });
  const details = await fc.check(property, { seed, path, numRuns: 1, interruptAfterTimeLimit: 60_000 });
  if (!details.failed) return `ACCORD_SEED=${seed} ACCORD_PATH=${path} broke ${invariant} once, and not again`;
  const error = details.errorInstance as Error | null;
  return [
    error?.message ?? '',
    `ACCORD_SEED=${seed} ACCORD_PATH=${details.counterexamplePath} plays it again:`,
    tell(details.counterexample?.[0] as Schedule),
  ].join('\n');
}
