import { setInterval } from 'node:timers/promises';
import { Command } from 'commander';
import { showColumns } from '#cli/screen.ts';
import { toNumber } from './arguments.ts';
import { Crowd } from './crowd.ts';
import { judgeFlatness } from './flat.ts';
import { play } from './play.ts';
import { drawSchedule } from './schedule.ts';
import { settle } from './settle.ts';
import { openSampler, type Sample, type Sampler } from './soak-samples.ts';
import { subscribe } from './subscriber.ts';
import { openTrial, type Trial } from './trial.ts';

/**
 * `npm run soak -- --minutes N`: the edits of a chaos run at a steady rate, without kills and faults. Memory, open files, connections,
 * tables and queues are sampled, and must be flat after the warm-up.
 */
const options = new Command('soak')
  .option('--minutes <number>', 'how long people edit', toNumber, 60)
  .option('--seed <number>', 'the same seed and length play the same edits', toNumber, 1)
  .parse()
  .opts<{ minutes: number; seed: number }>();

/** An edit a second: what a machine that is busy otherwise keeps up with, too. */
const actEveryMs = 1_000;
const mostSamples = 120;

const say = (line: string) => console.log(line);
const trial = await openTrial({ say });
const isGood = await run(trial).catch((error: unknown) => {
  console.error(error);
  return false;
});
await trial.close({ keep: !isGood });
if (!isGood) say(`data and logs: ${trial.directory}`);
process.exit(isGood ? 0 : 1);

async function run(trial: Trial): Promise<boolean> {
  const { seed, minutes } = options;
  say(`${minutes} minutes, seed ${seed}, ${trial.directory}`);
  const crowd = new Crowd(trial.stack);
  const subscriber = await subscribe(trial, seed, { ordered: false });
  const sampler = await openSampler(trial);
  const seconds = minutes * 60;
  const over = new AbortController();
  const sampling = sample(sampler, Math.max(1_000, (seconds * 1_000) / mostSamples), over.signal);
  await play(drawSchedule({ seed, seconds, actEveryMs, isCalm: true }), { trial, crowd, subscribers: [subscriber] });
  over.abort();
  const samples = await sampling;
  await sampler.close();
  const isFlat = show(samples);
  subscriber.mood = 'well';
  await crowd.finish();
  const { open } = await settle(trial, [subscriber], say);
  await subscriber.close();
  for (const each of open) say(`still open: ${each}`);
  return isFlat && open.length === 0;
}

async function sample(sampler: Sampler, everyMs: number, signal: AbortSignal): Promise<Sample[]> {
  const samples: Sample[] = [];
  try {
    for await (const _ of setInterval(everyMs, undefined, { signal })) samples.push(await sampler.take());
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return samples;
}

function show(samples: readonly Sample[]): boolean {
  const courses = judgeFlatness(samples);
  const round = (value: number) => value.toFixed(value < 10 ? 2 : 0);
  const rows = courses.map(({ figure, first, last, growth, allowed, isFlat }) => [
    ...[figure, round(first), round(last), round(growth), round(allowed), isFlat ? 'flat' : 'GROWS'],
  ]);
  showColumns(['figure', 'after the warm-up', 'at the end', 'growth', 'allowed', 'verdict'], rows);
  return courses.length > 0 && courses.every(({ isFlat }) => isFlat);
}
