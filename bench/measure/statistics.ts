/** The nearest-rank percentile. Throws when there are no values. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error('Percentile of no values');
  return value;
}

/** The round with the median ratio. It ignores rounds that another program disturbed, and its values belong together. */
export function medianBy<Round>(rounds: readonly Round[], ratio: (round: Round) => number): Round {
  const sorted = rounds.toSorted((one, other) => ratio(one) - ratio(other));
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('Median of no rounds');
  return middle;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Throws when there are no values. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new Error('Mean of no values');
  return sum(values) / values.length;
}
