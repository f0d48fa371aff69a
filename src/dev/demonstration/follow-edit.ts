import { setTimeout as delay } from 'node:timers/promises';

/** Something that a person changes in one place, and the places where it is to be seen. */
export interface Edit {
  /** Where it is made, as people write it. */
  at: string;
  /** Such as `Maria Lopez tagged “cold lead”`. */
  what: string;
  make(): Promise<unknown>;
  arrivals: readonly Arrival[];
  /** The provider to ask for changes, where nothing is pushed. */
  polled?: string;
}

export interface Arrival {
  where: string;
  hasCome(): Promise<boolean>;
}

export interface FollowedEdit extends Pick<Edit, 'at' | 'what'> {
  /** From the moment before the edit until a look shows it there. */
  arrived: { where: string; ms: number }[];
}

export interface FollowOptions {
  /** Has Accord ask a provider for changes now, and not at the next minute. */
  poll(provider: string): Promise<unknown>;
  signal: AbortSignal;
}

/** How often each place is looked at: what is measured is late by this at most. */
const everyMs = 10;
const patienceMs = 60_000;
/** Google shows a change after a moment only: who asks too early asks again. */
const pollEveryMs = 250;

/** Makes an edit and waits until it has arrived everywhere. Throws when a minute was not enough. */
export async function followEdit(edit: Edit, { poll, signal }: FollowOptions): Promise<FollowedEdit> {
  const done = new AbortController();
  const until = AbortSignal.any([signal, done.signal]);
  const startedAt = performance.now();
  await edit.make();
  const polling = edit.polled === undefined ? null : keepPolling(() => poll(edit.polled as string), until);
  try {
    const arrived = await Promise.all(edit.arrivals.map((arrival) => untilThere(arrival, edit, startedAt, until)));
    return { at: edit.at, what: edit.what, arrived };
  } finally {
    done.abort();
    await polling;
  }
}

async function untilThere({ where, hasCome }: Arrival, { what }: Edit, startedAt: number, signal: AbortSignal) {
  while (!(await hasCome())) {
    if (performance.now() - startedAt > patienceMs) throw new Error(`${what}: it did not arrive in ${where} within a minute`);
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
