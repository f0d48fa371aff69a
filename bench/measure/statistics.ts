/** The value that `percent` of the values do not exceed (nearest rank). Throws when there are none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error('A percentile of nothing');
  return value;
}

/** The round in the middle: one that another program disturbed does not count, and what is shown was measured together. */
export function medianBy<Round>(rounds: readonly Round[], ratio: (round: Round) => number): Round {
  const sorted = rounds.toSorted((one, other) => ratio(one) - ratio(other));
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('A median of nothing');
  return middle;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
