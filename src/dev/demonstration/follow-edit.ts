import { setTimeout as delay } from 'node:timers/promises';

/** An edit in one place, and the other places where it must arrive. */
export interface Edit {
  /** The name of the place. */
  at: string;
  /** One sentence such as `Maria Lopez tagged “cold lead”`. */
  what: string;
  make(): Promise<unknown>;
  arrivals: readonly Arrival[];
  /** The provider to poll, where the vendor does not push changes. */
  polled?: string;
}

export interface Arrival {
  where: string;
  hasArrived(): Promise<boolean>;
}

export interface FollowedEdit extends Pick<Edit, 'at' | 'what'> {
  /** Milliseconds from the start of the edit until a check finds it. */
  arrived: { where: string; ms: number }[];
}

export interface FollowOptions {
  /** Makes Accord poll a provider at once. */
  poll(provider: string): Promise<unknown>;
  signal: AbortSignal;
}

/** The interval of the checks, and the maximum error of the measured time. */
const everyMs = 10;
const timeoutMs = 60_000;
/** Google shows a change with a delay: the first poll may come too early. */
const pollEveryMs = 250;

/** Makes an edit and waits until it has arrived everywhere. Throws when it takes longer than a minute. */
export async function followEdit(edit: Edit, { poll, signal }: FollowOptions): Promise<FollowedEdit> {
  const done = new AbortController();
  const until = AbortSignal.any([signal, done.signal]);
  const startedAt = performance.now();
  await edit.make();
  const { polled } = edit;
  const polling = polled === undefined ? null : keepPolling(() => poll(polled), until);
  try {
    const arrived = await Promise.all(edit.arrivals.map((arrival) => untilArrived(arrival, edit, startedAt, until)));
    return { at: edit.at, what: edit.what, arrived };
  } finally {
    done.abort();
    await polling;
  }
}

async function untilArrived({ where, hasArrived }: Arrival, { what }: Edit, startedAt: number, signal: AbortSignal) {
  while (!(await hasArrived())) {
    if (performance.now() - startedAt > timeoutMs) throw new Error(`${what}: not in ${where} after a minute.`);
    await delay(everyMs, undefined, { signal });
  }
  return { where, ms: Math.round(performance.now() - startedAt) };
}

async function keepPolling(poll: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await poll();
    await delay(pollEveryMs, undefined, { signal }).catch(() => {});
  }
}
