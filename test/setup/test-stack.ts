import type { RunningProcess } from '#dev/processes/process.ts';

/** What the set-up of a test run leaves for its teardown. */
interface TestStack {
  directory: string | null;
  processes: RunningProcess[];
}

const holder = globalThis as { accordTestStack?: TestStack };

holder.accordTestStack ??= { directory: null, processes: [] };

export const testStack: TestStack = holder.accordTestStack;
