/** The sandbox's own time: the machine's clock plus what was advanced, so that tests skip hours instead of sleeping. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** ISO 8601 with milliseconds, UTC. */
  isoNow(): string;
  /** Moves time forward and starts all that became due, earliest first, before it returns. */
  advance(milliseconds: number): void;
  /** Runs `task` once when `dueAt` is reached, by waiting or by `advance`. */
  at(dueAt: number, task: () => void): void;
  /** Back to the machine's time, with nothing scheduled. */
  reset(): void;
}

interface Alarm {
  dueAt: number;
  task: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** Longest delay that setTimeout keeps; a longer one would fire at once. */
const longestTimerMs = 2_147_483_647;

export function createClock(options: { offsetMs?: number; onAdvance?: (offsetMs: number) => void } = {}): Clock {
  const alarms = new Set<Alarm>();
  let offsetMs = options.offsetMs ?? 0;
  const now = () => Date.now() + offsetMs;

  function ring(alarm: Alarm): void {
    clearTimeout(alarm.timer);
    if (alarm.dueAt > now()) arm(alarm);
    else if (alarms.delete(alarm)) alarm.task();
  }

  function arm(alarm: Alarm): void {
    const waitMs = Math.min(Math.max(0, alarm.dueAt - now()), longestTimerMs);
    alarm.timer = setTimeout(() => ring(alarm), waitMs).unref();
  }

  function moveTo(nextOffsetMs: number): void {
    offsetMs = nextOffsetMs;
    options.onAdvance?.(offsetMs);
  }

  return {
    now,
    isoNow: () => new Date(now()).toISOString(),
    advance(milliseconds) {
      moveTo(offsetMs + milliseconds);
      for (const alarm of [...alarms].sort((a, b) => a.dueAt - b.dueAt)) ring(alarm);
    },
    at(dueAt, task) {
      const alarm: Alarm = { dueAt, task, timer: undefined };
      alarms.add(alarm);
      arm(alarm);
    },
    reset() {
      for (const alarm of alarms) clearTimeout(alarm.timer);
      alarms.clear();
      moveTo(0);
    },
  };
}
