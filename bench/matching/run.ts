import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { explain } from '#domain/matching/evidence.ts';
import { toProfile } from '#domain/matching/profile.ts';
import { weigh } from '#domain/matching/weigh.ts';
import { measureSet, type SetFigures } from './measure.ts';
import { dataFolder, type LabelledRecord, readPeople } from './people.ts';
import { measureSimpleRule } from './simple-rules.ts';
import { playTrap, readTraps, type TrapResult } from './traps.ts';
import { spreadOverVendors } from './vendors.ts';

const options = new Command('bench:matching')
  .description('Measures how well people are recognised, on labelled records.')
  .option('--data <folder>', 'a folder with people-*.json and *traps.json', dataFolder)
  .option('--shuffles <count>', 'orders in which each set is played', Number, 5)
  .parse()
  .opts<{ data: string; shuffles: number }>();

async function main(): Promise<void> {
  const files = (await readdir(options.data)).filter((file) => file.endsWith('.json')).toSorted();
  const rows: string[][] = [];
  const notes: string[] = [];
  for (const file of files.filter((each) => each.startsWith('people-'))) {
    const people = await readPeople(path.join(options.data, file));
    const figures = measureSet(people, { shuffles: options.shuffles });
    rows.push(toRow(file, people, figures));
    const spread = measureSet(spreadOverVendors(people, 1), { shuffles: Math.min(2, options.shuffles) });
    rows.push(toFigures(`${toName(file)}, at four vendors`, spread));
    notes.push(...[...figures.wrong, ...spread.wrong].map((pair) => toWrong(file, pair)));
  }
  print(rows);
  console.log(`\nWrong pairs: ${notes.length}`);
  for (const note of notes) console.log(note);
  for (const file of files.filter((each) => each.endsWith('traps.json'))) await printTraps(path.join(options.data, file));
}

const columns = ['set', 'precision', 'worst', 'recall', '+ questions', 'per 1,000', 'overlap', 'email', 'email or phone'];

function toRow(file: string, people: readonly LabelledRecord[], figures: SetFigures): string[] {
  const [email, either] = [measureSimpleRule(people, ['emails']), measureSimpleRule(people, ['emails', 'phones'])];
  const simple = ({ precision, recall }: { precision: number; recall: number }) =>
    `${precision.toFixed(3)} / ${recall.toFixed(2)}`;
  return [...toFigures(toName(file), figures), simple(email), simple(either)];
}

function toFigures(
  name: string,
  { precision, recall, recallWithSuggestions, questionsPerThousand, overlap }: SetFigures,
): string[] {
  return [
    name,
    ...[precision.mean, precision.worst].map((each) => each.toFixed(5)),
    ...[recall, recallWithSuggestions].map((each) => each.toFixed(3)),
    ...[questionsPerThousand.toFixed(0), overlap.toFixed(3)],
  ];
}

const toName = (file: string): string => file.replace(/^people-|\.json$/g, '');

function print(rows: readonly string[][]): void {
  const widths = columns.map((title, at) => Math.max(title.length, ...rows.map((cells) => cells[at]?.length ?? 0)));
  for (const cells of [columns, ...rows]) {
    console.log(cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '));
  }
}

function toWrong(file: string, [one, other]: [LabelledRecord, LabelledRecord]): string {
  const evidence = weigh(toProfile([one.values]), toProfile([other.values]), () => 0);
  return `  ${file} ${one.id} ${other.id}: ${explain(evidence).join('; ')}`;
}

async function printTraps(file: string): Promise<void> {
  const results = (await readTraps(file)).map(playTrap);
  const count = (outcome: TrapResult['outcome']) => results.filter((result) => result.outcome === outcome).length;
  console.log(
    `\n${path.basename(file)}: ${results.length} cases · ${count('wrong-merge')} wrong merges · ${count('needless-question')} needless ` +
      `questions · ${count('missed')} missed · ${count('right')} right`,
  );
  for (const { trap, outcome, found } of results.filter((result) => result.outcome !== 'right'))
    console.log(`  ${outcome}: ${trap.group}, ${trap.what} (${found.join(', ')})`);
}

await main();
