import { Command } from 'commander';
import { toNumber } from './arguments.ts';
import { Crowd } from './crowd.ts';
import { judge } from './judge.ts';
import { play } from './play.ts';
import { drawSchedule } from './schedule.ts';
import { settle } from './settle.ts';
import { subscribe } from './subscriber.ts';
import { showSummary } from './summary.ts';
import { openTrial, type Trial } from './trial.ts';
import { liftFaults } from './vendor-faults.ts';

/**
 * `npm run chaos -- --minutes N --seed S`: people edit at all vendors, while processes are killed and vendors fail. Then everything comes
 * to rest, and the vendors' records and the subscribers' receipts are judged. A failure keeps the folder with the data and the logs.
 */
const options = new Command('chaos')
  .option('--minutes <number>', 'how long people edit', toNumber, 2)
  .option('--seed <number>', 'the same seed and length play the same schedule', toNumber, Math.floor(Math.random() * 1_000_000))
  .option('--keep', 'keep the data and the logs of a good run, too', false)
  .parse()
  .opts<{ minutes: number; seed: number; keep: boolean }>();

const say = (line: string) => console.log(line);
const trial = await openTrial({ say });
const differences = await run(trial).catch((error: unknown) => [
  `the run broke: ${String(error instanceof Error ? error.stack : error)}`,
]);
const keep = options.keep || differences.length > 0;
await trial.close({ keep });
for (const each of differences) say(`  ${each}`);
if (keep) say(`data and logs: ${trial.directory}`);
say(
  differences.length === 0
    ? `seed ${options.seed}: everything agrees`
    : `seed ${options.seed}: ${differences.length} differences`,
);
process.exit(differences.length === 0 ? 0 : 1);

async function run(trial: Trial): Promise<string[]> {
  const { seed, minutes } = options;
  say(`seed ${seed}, ${minutes} minutes, ${trial.directory}`);
  const schedule = drawSchedule({ seed, seconds: minutes * 60 });
  const crowd = new Crowd(trial.stack);
  const subscribers = [await subscribe(trial, seed, { ordered: false }), await subscribe(trial, seed + 1, { ordered: true })];
  const played = await play(schedule, { trial, crowd, subscribers });
  await liftFaults(trial.stack.sandboxes);
  for (const each of subscribers) each.mood = 'well';
  await trial.untilUp();
  await crowd.finish();
  const settled = await settle(trial, subscribers, say);
  showSummary({ crowd, played, settled, subscribers }, say);
  const differences = await judge(trial, { people: crowd.people, subscribers, settled });
  await Promise.all(subscribers.map((each) => each.close()));
  return differences;
}
