import type { Figure } from '#bench/measure/figure.ts';
import { type Route, startApi, startLoadGenerator } from '#bench/setup/ack-routes.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { fillStore, type TableSize } from '#bench/setup/filled-store.ts';
import { steadyRounds, toLatencyRow } from './ack-latency.ts';

const prefix = 'stored-';
const perSecond = 400;

/** Response times with a hundred times as many stored contacts. Events are about random contacts. */
export async function millionContacts(bench: Bench): Promise<Figure> {
  const [few, many] = bench.quick ? [1_000, 100_000] : [10_000, 1_000_000];
  await using cleanUp = new AsyncDisposableStack();
  const small = await openRoute(bench, few, cleanUp);
  const large = await openRoute(bench, many, cleanUp);
  const generator = cleanUp.adopt(await startLoadGenerator(bench), (each) => each.stop());
  const events = { prefix, order: 'random' } as const;
  const targets = {
    first: { route: large.route, contacts: many, ...events },
    second: { route: small.route, contacts: few, ...events },
  };
  // Warm-up: both have cold caches and uncompiled code.
  await steadyRounds(generator, { ...targets, perSecond: perSecond / 2, seconds: 3, rounds: 1 });
  const rounds = await steadyRounds(generator, { ...targets, perSecond, seconds: 2, rounds: bench.quick ? 3 : 5 });
  const floorLabel = `${few.toLocaleString('en')} contacts`;
  const sizes = large.tables.map(({ name, rows, megabytes }) => `${name} ${rows.toLocaleString('en')} rows, ${megabytes} MB`);
  return {
    title: `Response times with ${many.toLocaleString('en')} stored contacts, ${perSecond} webhooks per second about random ones`,
    rows: [50, 99].map((percent) => ({ ...toLatencyRow(rounds, percent, floorLabel), goal: { max: 1.2 } })),
    notes: [sizes.join(' · ')],
  };
}

async function openRoute(
  bench: Bench,
  contacts: number,
  cleanUp: AsyncDisposableStack,
): Promise<{ route: Route; tables: TableSize[] }> {
  const database = await bench.createDatabase(`bench_${contacts}`);
  const accountId = bench.stack.sandboxes.gohighlevel.locationId;
  const tables = await fillStore(database, { contacts, events: contacts / 5, accountId, prefix });
  const route = cleanUp.adopt(await startApi(bench, { database, dispatches: false }), (each) => each.stop());
  return { route, tables };
}
