import { once } from 'node:events';
import { availableParallelism, loadavg } from 'node:os';
import { Command } from 'commander';
import { stopSignal } from '#cli/stop-signal.ts';
import { ackFigures } from './figures/acks.ts';
import { adminPages } from './figures/admin-pages.ts';
import { callsPerChange } from './figures/calls-per-change.ts';
import { contactsPerSecond } from './figures/contacts-per-second.ts';
import { csvCheck, csvImport } from './figures/csv-import.ts';
import { deliveryFigures } from './figures/deliveries.ts';
import { deliveryRecovery } from './figures/delivery-recovery.ts';
import { erasure } from './figures/erasure.ts';
import { firstImport } from './figures/first-import.ts';
import { firstSync } from './figures/first-sync.ts';
import { hubFigures } from './figures/hub.ts';
import { largePlan } from './figures/large-plan.ts';
import { lists } from './figures/lists.ts';
import { memoryAndIdle, readIdle } from './figures/memory-and-idle.ts';
import { millionContacts } from './figures/million-contacts.ts';
import { newcomers } from './figures/newcomers.ts';
import { largeNightlyPass, nightlyPass } from './figures/nightly-pass.ts';
import { recognition } from './figures/recognition.ts';
import { refusal } from './figures/refusal.ts';
import { search } from './figures/search.ts';
import { tagToBucket } from './figures/tag-to-bucket.ts';
import type { Figure } from './measure/figure.ts';
import { type Measured, toTable, writeResults } from './report.ts';
import { type Bench, openBench } from './setup/bench.ts';

/** They run one after the other, because they share the machine. The last ones leave traces: a large store, used memory. */
const groups: Record<string, (bench: Bench) => Promise<Figure[]>> = {
  acks: ackFigures,
  latency: async (bench) => [await tagToBucket(bench)],
  rate: async (bench) => [await contactsPerSecond(bench)],
  calls: async (bench) => [await callsPerChange(bench)],
  hub: hubFigures,
  deliveries: deliveryFigures,
  recovery: async (bench) => [await deliveryRecovery(bench)],
  start: async (bench) => [await firstSync(bench)],
  nightly: async (bench) => [await nightlyPass(bench)],
  'nightly-large': async (bench) => [await largeNightlyPass(bench)],
  newcomers: async (bench) => [await newcomers(bench)],
  plan: async (bench) => [await largePlan(bench)],
  import: async (bench) => [await firstImport(bench)],
  csv: async (bench) => [await csvImport(bench)],
  'csv-check': async (bench) => [await csvCheck(bench)],
  million: async (bench) => [await millionContacts(bench)],
  recognition: async (bench) => [await recognition(bench)],
  erasure: async (bench) => [await erasure(bench)],
  refusal: async (bench) => [await refusal(bench)],
  search: async (bench) => [await search(bench)],
  lists: async (bench) => [await lists(bench)],
  pages: async (bench) => [await adminPages(bench)],
};

/** They take long, and run by their name only. */
const byName = ['nightly-large', 'csv', 'csv-check'];
const byDefault = Object.keys(groups).filter((name) => !byName.includes(name));

interface Options {
  quick: boolean;
  only: string[];
}

const options = new Command('bench')
  .description('Measures the figures of the design, each against its floor in the same run.')
  .option('--quick', 'a third of the time, and less reliable figures', false)
  .option('--only <groups...>', `some of ${Object.keys(groups).join(', ')}`, byDefault)
  .parse()
  .opts<Options>();

/** Longer than a full run on a slow machine; a run that hangs is then stopped. */
const maxMs = 45 * 60_000;

async function main(): Promise<void> {
  console.log(
    `${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}. Other programs on this machine make every figure worse.\n`,
  );
  const cut = new AbortController();
  void stopSignal().then((signal) => cut.abort(signal));
  setTimeout(() => cut.abort('the time limit'), maxMs).unref();
  const measured: Measured[] = [];
  await using bench = await openBench({ quick: options.quick, say: (line) => console.log(line) });
  await Promise.race([measureAll(bench, measured, cut.signal), once(cut.signal, 'abort')]);
  console.log(`\n${toTable(measured)}\n`);
  if (!cut.signal.aborted) return console.log(`Written to ${await writeResults(measured, options)}`);
  process.exitCode = 1;
  console.log(`Stopped early by ${cut.signal.reason}. The stack takes some seconds to stop.`);
}

/** Reports a figure that fails, and measures the others. */
async function measureAll(bench: Bench, measured: Measured[], signal: AbortSignal): Promise<void> {
  const before = await readIdle(bench);
  for (const name of options.only) {
    const startedAt = performance.now();
    try {
      const figures = (await groups[name]?.(bench)) ?? [];
      const seconds = (performance.now() - startedAt) / 1_000;
      console.log(`  ${name.padEnd(8)} measured in ${seconds.toFixed(0)} s`);
      measured.push(...figures.map((figure) => ({ name, ...figure, seconds })));
    } catch (error) {
      // While the stack stops, every figure fails.
      if (signal.aborted) return;
      process.exitCode = 1;
      console.error(`  ${name.padEnd(8)} could not be measured:`, error);
    }
  }
  measured.push({ name: 'rest', ...memoryAndIdle(before, await readIdle(bench)), seconds: 0 });
}

await main();
// An aborted figure may still keep the event loop alive.
process.exit();
