/** One figure of the design: what was measured, each value beside the floor of the same run. */
export interface Figure {
  title: string;
  rows: Row[];
  /** Sentences for whoever reads the table. */
  notes: string[];
}

export interface Row {
  what: string;
  ours: number;
  unit: Unit;
  /** What the parts alone can do, in the same unit. */
  floor?: { what: string; value: number };
  goal?: Goal;
}

/** '' counts things. */
export type Unit = '' | '/s' | 'ms' | 's' | 'MB' | '% of a core';

/** Of the ratio to the floor, or of the value itself where there is no floor. */
export type Goal = { atLeast: number } | { atMost: number };

export function ratioOf({ ours, floor }: Row): number | null {
  return floor === undefined ? null : ours / floor.value;
}

/** Null where no goal is set. */
export function isReached(row: Row): boolean | null {
  if (row.goal === undefined) return null;
  const value = ratioOf(row) ?? row.ours;
  return 'atLeast' in row.goal ? value >= row.goal.atLeast : value <= row.goal.atMost;
}
