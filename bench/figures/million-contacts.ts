import type { Figure } from '#bench/measure/figure.ts';
import { type Route, startApi, startLoadGenerator } from '#bench/setup/ack-routes.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { fillStore, type TableSize } from '#bench/setup/filled-store.ts';
import { besideFirst, steadyRounds } from './ack-latency.ts';

const prefix = 'stored-';
const perSecond = 400;

/** How much longer an answer takes when a hundred times as many contacts are stored. The events are about any of them. */
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
  // The first events find cold caches and code that is not compiled yet, at both.
  await steadyRounds(generator, { ...targets, perSecond: perSecond / 2, seconds: 3, rounds: 1 });
  const rounds = await steadyRounds(generator, { ...targets, perSecond, seconds: 2, rounds: bench.quick ? 3 : 5 });
  const what = `${few.toLocaleString('en')} contacts`;
  const sizes = large.tables.map(({ name, rows, megabytes }) => `${name} ${rows.toLocaleString('en')} rows, ${megabytes} MB`);
  return {
    title: `Answers with ${many.toLocaleString('en')} contacts stored, ${perSecond} webhooks a second about any of them`,
    rows: [50, 99].map((percent) => ({ ...besideFirst(rounds, percent, what), goal: { atMost: 1.2 } })),
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
