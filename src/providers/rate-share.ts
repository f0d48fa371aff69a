/** How many workers use an account's rate now. It changes while they run. */
export interface RateShare {
  /** Null holds all calls: the other workers do not know yet that this one is there. */
  readonly workers: number | null;
  /** Calls `listener` after each change. */
  subscribe(listener: () => void): void;
}
