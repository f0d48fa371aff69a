/** The sandbox's clock: the machine's time plus an offset, so that tests advance hours instead of sleeping. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** ISO 8601 with milliseconds, UTC. */
  isoNow(): string;
  /** Moves time forward and starts every due task, earliest first, before it returns. */
  advance(milliseconds: number): void;
  /** Runs `task` once at `dueAt`, in milliseconds since 1970, after a real wait or an `advance`. */
  at(dueAt: number, task: () => void): void;
  /** Returns to the machine's time and drops all scheduled tasks. */
  reset(): void;
}

interface Alarm {
  dueAt: number;
  task: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** The maximum delay of setTimeout: a longer one fires at once. */
const maxTimerMs = 2_147_483_647;

/** `onAdvance` receives each new offset, so that it can be stored and passed in again as `offsetMs`. */
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
    const waitMs = Math.min(Math.max(0, alarm.dueAt - now()), maxTimerMs);
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
