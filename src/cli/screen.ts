import { styleText } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import widthOf from 'fast-string-width';

// The output of the commands. Colours and progress bars appear on a terminal only; a file or a pipe gets one plain line per fact.

const style = (format: Parameters<typeof styleText>[0], text: string) => styleText(format, text, { stream: process.stdout });

/** Prints a heading. */
export function showTitle(text: string): void {
  console.log(`\n${style('bold', text)}\n`);
}

/** Prints a part of the stack that is ready, with its start time. */
export function showPart({ name, detail, ms }: { name: string; detail: string; ms: number }): void {
  console.log(
    `  ${style('green', '✔')} ${name.padEnd(12)}${detail.padEnd(42)}${style('dim', `${(ms / 1000).toFixed(1)} s`.padStart(6))}`,
  );
}

/** Prints an unexpected event, such as a taken port or a process that has ended. */
export function showNote(line: string): void {
  console.log(`  ${style('yellow', '!')} ${line}`);
}

const severities = { error: ['red', '✘'], warning: ['yellow', '!'], note: ['dim', '·'] } as const;

/** Prints a problem, and its remedy below it. */
export function showFinding({
  severity,
  says,
  fix,
}: {
  severity: keyof typeof severities;
  says: string;
  fix: string | null;
}): void {
  const [colour, sign] = severities[severity];
  console.log(`  ${style(colour, sign)} ${says}`);
  if (fix !== null) console.log(`    ${style('dim', '→')} ${fix}`);
}

/** Prints a result. */
export function showFact(line: string): void {
  console.log(`  ${style('green', '✔')} ${line}`);
}

/** Prints an edit, and the time until it arrived in each other place. */
export function showEdit({ at, what, arrived }: { at: string; what: string; arrived: { where: string; ms: number }[] }): void {
  const places = arrived.map(({ where, ms }) => `${where} ${style('bold', `${ms} ms`)}`).join(style('dim', ' · '));
  showFact(`${at.padEnd(12)}${what.padEnd(44)}${style('dim', '→')} ${places}`);
}

/** Prints names and values in two columns. */
export function showTable(rows: readonly (readonly [name: string, value: string])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`  ${style('dim', name.padEnd(width))}  ${value}`);
}

/** Prints a table with a heading. Numbers are aligned to the right. */
export function showColumns(heading: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const widths = heading.map((title, column) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(String(row[column] ?? '')))),
  );
  const line = (cells: readonly (string | number)[]) =>
    cells
      .map((cell, column) => {
        const gap = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(String(cell))));
        return typeof cell === 'number' ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  console.log(`  ${style('dim', line(heading))}`);
  for (const row of rows) console.log(`  ${line(row)}`);
}

/** Text for one cell of a table: without control characters, and not longer than `max`. */
export function toCell(text: string, max = 40): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return clean.length > max ? `${[...clean].slice(0, max - 1).join('')}…` : clean;
}

/** Prints one line. */
export function showLine(line: string): void {
  console.log(line);
}

export interface ProgressBar {
  update(done: number): void;
  stop(): void;
}

/** Shows a progress bar until `stop`. Without a terminal it prints only the label. */
export function showProgress(label: string, total: number): ProgressBar {
  if (!process.stdout.isTTY) {
    console.log(`  ${label}`);
    return { update() {}, stop() {} };
  }
  const format = `  ${label}  {bar}  {value}/{total}`;
  const bar = new SingleBar({ format, barsize: 32, hideCursor: true, clearOnComplete: true }, Presets.shades_classic);
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}

/** A time of the api to the minute, in UTC; empty for none. */
export const toMinute = (time: string | null): string => (time === null ? '' : time.slice(0, 16).replace('T', ' '));

/** The same to the second. */
export const toSecond = (time: string): string => time.slice(0, 19).replace('T', ' ');
