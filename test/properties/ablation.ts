import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Ablation, ablations } from './ablations.ts';
import { startPostgres } from './postgres.ts';

/**
 * Tests the property tests: switches off each rule of the sync model in turn, in a copy of the tree. The schedules must then break an
 * invariant. `node test/properties/ablation.ts`, or `--only echo-pair,shadow-ring` for some.
 */
const { values } = parseArgs({ options: { only: { type: 'string' }, runs: { type: 'string', default: '4000' } } });

const root = resolve(import.meta.dirname, '../..');
const copied = ['src', 'test', 'package.json'];

const postgres = await startPostgres();
const directory = await mkdtemp(join(tmpdir(), 'accord-ablation-'));
try {
  const chosen = ablations.filter(({ rule }) => values.only === undefined || values.only.split(',').includes(rule));
  if (chosen.length === 0) throw new Error(`No such rule; there are ${ablations.map(({ rule }) => rule).join(', ')}`);
  const rows = [];
  for (const [index, ablation] of chosen.entries()) rows.push(await run(index, ablation, values.runs));
  // As many schedules as were needed to break an invariant must break none with all rules on.
  const needed = Math.ceil(1.2 * Math.max(...rows.map(({ schedules }) => schedules)));
  rows.push(await run(chosen.length, null, String(needed)));
  console.table(rows);
  if (rows.some(({ verdict }) => verdict !== 'as it should')) process.exitCode = 1;
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

/** Runs the schedules without a rule. Null runs the unchanged tree, which must break no invariant. */
async function run(index: number, ablation: Ablation | null, runs: string) {
  const tree = join(directory, String(index));
  for (const part of copied) await cp(join(root, part), join(tree, part), { recursive: true });
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
  for (const edit of ablation?.edits ?? []) await switchOff(tree, edit);
  const database = await postgres.createDatabase(`ablation_${index}`);
  const { code, output } = await explore(tree, [
    ablation?.plays === undefined ? '--stop' : `--${ablation.plays}`,
    ...['--seed', '1', '--runs', runs, '--database', database],
  ]);
  await rm(tree, { recursive: true, force: true });
  const [summary = '', broken = ''] = output.trim().split('\n');
  // A tree that does not run ends with code 1, too, and proves nothing.
  const isAsItShould = ablation === null ? code === 0 : code === 1 && /^I\d+ broken/.test(broken);
  const row = {
    'switched off': ablation?.rule ?? 'nothing',
    broken: broken.slice(0, 110),
    schedules: Number(summary.split(' ')[0]),
    verdict: isAsItShould ? 'as it should' : code === 0 ? 'NOT NOTICED' : `exit code ${code}`,
  };
  console.log(JSON.stringify(row));
  return row;
}

async function switchOff(tree: string, { file, from, to }: Ablation['edits'][number]): Promise<void> {
  const path = join(tree, file);
  const source = await readFile(path, 'utf8');
  if (source.split(from).length !== 2)
    throw new Error(`${file} does not have this once, so that the rule cannot be switched off: ${from}`);
  await writeFile(
    path,
    source.replace(from, () => to),
  );
}

function explore(tree: string, args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['test/properties/explore.ts', ...args], {
    cwd: tree,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((done) => child.on('close', (code) => done({ code, output })));
}
