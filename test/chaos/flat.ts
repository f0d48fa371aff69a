import type { Sample } from './soak-samples.ts';

/** What one figure did in the course of a soak. */
export interface Course {
  figure: string;
  first: number;
  last: number;
  /** By the line through all samples after the warm-up: how much more there is at its end than at its begin. */
  growth: number;
  allowed: number;
  isFlat: boolean;
}

/** The part of a soak in which caches fill, pools open and the first people are entered. */
const warmUp = 1 / 3;

/**
 * What a figure may grow by in the rest: a share of its mean, for what differs from one garbage collection, vacuum or checkpoint to the
 * next, and some units, for figures whose mean is small. A leak of a kilobyte for each change exceeds the bound of memory in an hour
 * with 20 changes a second, and one file or connection every ten minutes that of files.
 */
const bounds: readonly { figure: RegExp; share: number; units: number }[] = [
  { figure: /RSS|heap/, share: 0.1, units: 8 },
  { figure: /open files|connections/, share: 0, units: 4 },
  { figure: /bytes a row/, share: 0.15, units: 0 },
  { figure: /dead rows/, share: 0, units: 0.3 },
  { figure: /age, s/, share: 0, units: 5 },
  { figure: /open workflows/, share: 0.1, units: 10 },
];

/** Judges each figure of the samples, which were taken at equal distances. */
export function judgeFlatness(samples: readonly Sample[]): Course[] {
  const rest = samples.slice(Math.floor(samples.length * warmUp));
  return Object.keys(rest[0] ?? {}).map((figure) => {
    const values = rest.map((sample) => sample[figure] ?? 0);
    const bound = bounds.find((each) => each.figure.test(figure));
    if (!bound) throw new Error(`There is no bound for ${figure}`);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const growth = slope(values, mean) * (values.length - 1);
    const allowed = bound.share * mean + bound.units;
    return { figure, first: values[0] ?? 0, last: values.at(-1) ?? 0, growth, allowed, isFlat: growth <= allowed };
  });
}

/** Of the line with the least squares, by sample. */
function slope(values: readonly number[], mean: number): number {
  const middle = (values.length - 1) / 2;
  const sumOf = (term: (value: number, distance: number) => number) =>
    values.reduce((sum, value, at) => sum + term(value - mean, at - middle), 0);
  const squares = sumOf((_, distance) => distance ** 2);
  return squares === 0 ? 0 : sumOf((value, distance) => value * distance) / squares;
}
