import type { RunningProcess } from '#dev/processes/process.ts';

/** The servers of a test run, from its set-up to its teardown. */
interface TestStack {
  directory: string | null;
  processes: Pick<RunningProcess, 'stop'>[];
}

const holder = globalThis as { accordTestStack?: TestStack };

holder.accordTestStack ??= { directory: null, processes: [] };

export const testStack: TestStack = holder.accordTestStack;
