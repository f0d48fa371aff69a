import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Figure, type Goal, isReached, type Row, ratioOf } from './measure/figure.ts';

export interface Measured extends Figure {
  name: string;
  seconds: number;
}

const columns = ['figure · floor', 'Accord', 'floor', 'ratio', 'goal', ''];

/** The printed table: every value beside its floor and its goal. */
export function toTable(figures: readonly Measured[]): string {
  const rows = figures.flatMap(({ rows }) => rows.map(toCells));
  const widths = columns.map((title, column) => Math.max(title.length, ...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 || column === 5 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const sections = figures.map(({ title, rows, notes }) => [
    `\n${title}`,
    ...rows.map((row) => `  ${line(toCells(row))}`),
    ...notes.map((note) => `  · ${note}`),
  ]);
  return [`  ${line(columns)}`, ...sections.flat()].join('\n');
}

/** Writes the figures as JSON. Returns the path of the file. */
export async function writeResults(figures: readonly Measured[], options: object): Promise<string> {
  const directory = fileURLToPath(new URL('./results', import.meta.url));
  const path = `${directory}/latest.json`;
  const machine = { cores: availableParallelism(), load: loadavg(), node: process.version, platform: process.platform };
  const judged = figures.map(({ rows, ...figure }) => ({
    ...figure,
    rows: rows.map((row) => ({ ...row, ratio: ratioOf(row), reached: isReached(row) })),
  }));
  await mkdir(directory, { recursive: true });
  await writeFile(path, `${JSON.stringify({ at: new Date().toISOString(), machine, options, figures: judged }, null, 2)}\n`);
  return path;
}

function toCells(row: Row): string[] {
  const { label, ours, unit, floor, goal } = row;
  const ratio = ratioOf(row);
  const reached = isReached(row);
  return [
    floor === undefined ? label : `${label} · ${floor.label}`,
    formatValue(ours, unit),
    floor === undefined ? '' : formatValue(floor.value, unit),
    ratio === null ? '' : `× ${ratio.toFixed(2)}`,
    goal === undefined ? '' : formatGoal(goal, ratio === null ? ` ${unit}`.trimEnd() : ''),
    reached === null ? '' : reached ? 'reached' : 'NOT REACHED',
  ];
}

function formatValue(value: number, unit: string): string {
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  return `${value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`.trimEnd();
}

function formatGoal(goal: Goal, unit: string): string {
  return 'min' in goal ? `≥ ${goal.min}${unit}` : `≤ ${goal.max}${unit}`;
}
