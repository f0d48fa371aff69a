/** How many workers use an account's rate now. It changes while they run. */
export interface RateShare {
  /** Null holds all calls: the other workers do not know yet that this one is there. */
  readonly workers: number | null;
  /** Calls `listener` after each change. */
  subscribe(listener: () => void): void;
  /** Asks `read` from time to time how much of the share is used. */
  observe?(read: () => RateUsage): void;
}

/** How much of its share a worker uses. */
export interface RateUsage {
  /** The calls per second that it may make. */
  perSecond: number;
  /** Calls since the process started. */
  started: number;
  /** Calls that wait for their turn. */
  waiting: number;
  /** Rest of the time for which the vendor holds all calls. */
  pausedSeconds: number;
  /** A call would start now. */
  isFree: boolean;
}

/** Of a process that has the account for itself. */
export const undividedShare: RateShare = { workers: 1, subscribe: () => {} };

/** The same share, and whether a call would start now: false before a client uses the share. */
export function watchShare(share: RateShare): { share: RateShare; isFree(): boolean } {
  const readers: (() => RateUsage)[] = [];
  const observe = (read: () => RateUsage) => {
    readers.push(read);
    share.observe?.(read);
  };
  return {
    share: {
      get workers() {
        return share.workers;
      },
      subscribe: (listener) => share.subscribe(listener),
      observe,
    },
    isFree: () => readers.length > 0 && readers.every((read) => read().isFree),
  };
}
