/** The end of an attempt's turn. */
export type EndTurn = () => void;

export interface SendingWindow {
  /** Waits for a turn to send, in order. Call the returned function when the attempt is stored. */
  enter(): Promise<EndTurn>;
}

export interface SendingWindowOptions {
  /** Attempts that may be under way or unstored at a time. */
  size: number;
  /** A receiver that takes longer to answer gives its turn to others: it must not slow them down. */
  patienceMs: number;
}

/**
 * Limits how many attempts of a process are sent again after it was killed: those that were sent, and not stored. The limit is of attempts
 * that receivers answer quickly, and almost all do. A slow one leaves the window before its answer.
 */
export function createSendingWindow({ size, patienceMs }: SendingWindowOptions): SendingWindow {
  const waiting: (() => void)[] = [];
  let taken = 0;

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else taken -= 1;
  }

  function takeTurn(): EndTurn {
    let hasLeft = false;
    const leaveOnce = () => {
      if (hasLeft) return;
      hasLeft = true;
      clearTimeout(timer);
      leave();
    };
    const timer = setTimeout(leaveOnce, patienceMs).unref();
    return leaveOnce;
  }

  return {
    async enter() {
      if (taken < size) taken += 1;
      else await new Promise<void>((resolve) => void waiting.push(resolve));
      return takeTurn();
    },
  };
}
