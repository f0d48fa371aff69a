/** One figure of the design: measured values, each beside the floor of the same run. */
export interface Figure {
  title: string;
  rows: Row[];
  /** Sentences printed below the table. */
  notes: string[];
}

export interface Row {
  label: string;
  ours: number;
  unit: Unit;
  /** The least that the same work costs without Accord, in the same unit. */
  floor?: { label: string; value: number };
  goal?: Goal;
}

/** '' is a count. */
export type Unit = '' | '/s' | 'ms' | 's' | 'MB' | '% of a core';

/** A bound for the ratio to the floor, or for the value itself where there is no floor. */
export type Goal = { min: number } | { max: number };

/** Null where there is no floor. */
export function ratioOf({ ours, floor }: Row): number | null {
  return floor === undefined ? null : ours / floor.value;
}

/** Null where no goal is set. */
export function isReached(row: Row): boolean | null {
  if (row.goal === undefined) return null;
  const value = ratioOf(row) ?? row.ours;
  return 'min' in row.goal ? value >= row.goal.min : value <= row.goal.max;
}
