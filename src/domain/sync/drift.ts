import type { ReconcileCounts } from './reconcile.ts';

/** The difference between an account and its last known state, as a full pass found it. */
export interface Drift {
  linked: number;
  found: number;
  repaired: number;
  remaining: number;
  foundPercent: number;
  remainingPercent: number;
}

/** `remainingNow`: the count of now, for the last pass of an account; null for the one that its pass ended with. */
export function toDrift({ linked, found, remaining: atEnd }: ReconcileCounts, remainingNow: number | null): Drift {
  const remaining = remainingNow ?? atEnd;
  const percent = (count: number) => (linked === 0 ? 0 : Math.round((count / linked) * 10_000) / 100);
  return {
    ...{ linked, found, repaired: found - remaining, remaining },
    foundPercent: percent(found),
    remainingPercent: percent(remaining),
  };
}
