import { styleText } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';

/** What `accord up` shows. Colours and moving bars only on a terminal; in a file or a pipe each fact is one plain line. */
const style = (format: Parameters<typeof styleText>[0], text: string) => styleText(format, text, { stream: process.stdout });

export function showTitle(text: string): void {
  console.log(`\n${style('bold', text)}\n`);
}

export function showPart({ name, detail, ms }: { name: string; detail: string; ms: number }): void {
  console.log(
    `  ${style('green', '✔')} ${name.padEnd(12)}${detail.padEnd(42)}${style('dim', `${(ms / 1000).toFixed(1)} s`.padStart(6))}`,
  );
}

/** Something worth a line that is no part of the plan: a port that was taken, a process that died. */
export function showNote(line: string): void {
  console.log(`  ${style('yellow', '!')} ${line}`);
}

export function showFact(line: string): void {
  console.log(`  ${style('green', '✔')} ${line}`);
}

/** One edit: where, what, and where it arrived after how long. */
export function showEdit({ at, what, arrived }: { at: string; what: string; arrived: { where: string; ms: number }[] }): void {
  const places = arrived.map(({ where, ms }) => `${where} ${style('bold', `${ms} ms`)}`).join(style('dim', ' · '));
  showFact(`${at.padEnd(12)}${what.padEnd(44)}${style('dim', '→')} ${places}`);
}

export function showTable(rows: readonly (readonly [name: string, value: string])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`  ${style('dim', name.padEnd(width))}  ${value}`);
}

export function showLine(line: string): void {
  console.log(line);
}

export interface ProgressBar {
  update(done: number): void;
  stop(): void;
}

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
