import type { Activity } from './model/activity.ts';

/** A piece of work. Its cause is the same for every try, as a workflow's run is for every attempt of an activity. */
export interface Work {
  kind: 'observe' | 'push';
  /** A link to observe, or a contact to push. */
  id: string;
  cause: string;
  tries: number;
  /** When it may be done, in milliseconds by the fake clock. */
  due: number;
}

/** One provider's share of the work, as in a contact's workflow: one activity at a time, what fails is tried again later. */
export class Lane {
  readonly waiting: Work[] = [];
  running: { work: Work; activity: Activity; ended: Promise<void> } | null = null;

  /** Asked for twice before it is done, it is done once. What has failed waits its time all the same, as Temporal lets it. */
  ask(kind: Work['kind'], id: string, { cause, due }: { cause: () => string; due: number }): void {
    const waiting = this.waiting.find((work) => work.kind === kind && work.id === id);
    if (waiting && waiting.tries === 0) waiting.due = Math.min(waiting.due, due);
    if (!waiting) this.waiting.push({ kind, id, cause: cause(), tries: 0, due });
  }

  /** Takes what may be done by now, the longest due first. */
  take(now: number): Work | null {
    if (this.running) return null;
    const [first] = this.waiting.filter(({ due }) => due <= now).toSorted((one, other) => one.due - other.due);
    if (!first) return null;
    this.waiting.splice(this.waiting.indexOf(first), 1);
    return first;
  }

  /** Puts back what failed, to be done a second later, then two, then four. */
  giveBack(work: Work, now: number): void {
    const waitSeconds = Math.min(60, 2 ** work.tries);
    this.waiting.push({ ...work, tries: work.tries + 1, due: now + waitSeconds * 1_000 });
  }

  /** When the next work is due; null when there is none to be started. */
  get nextDue(): number | null {
    return this.running || this.waiting.length === 0 ? null : Math.min(...this.waiting.map(({ due }) => due));
  }
}
