import type { Activity } from './model/activity.ts';

/** A piece of work. Its cause is the same for every attempt, as a workflow run is for every attempt of an activity. */
export interface Work {
  kind: 'observe' | 'push';
  /** A link to observe, or a contact to push. */
  id: string;
  cause: string;
  tries: number;
  /** When it is due, in milliseconds by the fake clock. */
  due: number;
}

/** One provider's lane, as in a contact's workflow: one activity at a time, failures are retried later. */
export class Lane {
  readonly waiting: Work[] = [];
  running: { work: Work; activity: Activity; ended: Promise<void> } | null = null;

  /** Work that is requested twice before it runs, runs once. Failed work keeps its retry delay, as in Temporal. */
  ask(kind: Work['kind'], id: string, { cause, due }: { cause: () => string; due: number }): void {
    const waiting = this.waiting.find((work) => work.kind === kind && work.id === id);
    if (waiting && waiting.tries === 0) waiting.due = Math.min(waiting.due, due);
    if (!waiting) this.waiting.push({ kind, id, cause: cause(), tries: 0, due });
  }

  /** Takes the work that has been due the longest. */
  take(now: number): Work | null {
    if (this.running) return null;
    const [first] = this.waiting.filter(({ due }) => due <= now).toSorted((one, other) => one.due - other.due);
    if (!first) return null;
    this.waiting.splice(this.waiting.indexOf(first), 1);
    return first;
  }

  /** Puts back failed work, with a delay of 1, 2, 4, … seconds. */
  giveBack(work: Work, now: number): void {
    const waitSeconds = Math.min(60, 2 ** work.tries);
    this.waiting.push({ ...work, tries: work.tries + 1, due: now + waitSeconds * 1_000 });
  }

  /** When the next work is due; null when there is none. */
  get nextDue(): number | null {
    return this.running || this.waiting.length === 0 ? null : Math.min(...this.waiting.map(({ due }) => due));
  }
}
