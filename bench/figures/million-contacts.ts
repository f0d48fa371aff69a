import type { Figure } from '../measure/figure.ts';
import { type LoadGenerator, type Route, startApi, startLoadGenerator } from '../setup/ack-routes.ts';
import type { Bench } from '../setup/bench.ts';
import { fillStore, type TableSize } from '../setup/filled-store.ts';
import { steadyRounds } from './ack-latency.ts';

const prefix = 'stored-';

/** How much longer an answer takes when a hundred times as many contacts are stored. The events are about any of them. */
export async function millionContacts(bench: Bench): Promise<Figure> {
  const [few, many] = bench.quick ? [10_000, 200_000] : [10_000, 1_000_000];
  await using cleanUp = new AsyncDisposableStack();
  const small = await openRoute(bench, few, cleanUp);
  const large = await openRoute(bench, many, cleanUp);
  const generator = cleanUp.adopt(await startLoadGenerator(bench), (each) => each.stop());
  const load = { seconds: bench.quick ? 2 : 3, contacts: [few, many], prefix, order: 'random' } as const;
  const routes = [small.route, large.route];
  // The first events find cold caches and code that is not compiled yet, at both.
  await steadyRounds(generator, routes, { ...load, perSecond: 200, rounds: 1 });
  return await toFigure(bench, { generator, routes, load, few, many, tables: large.tables });
}

interface Measurement {
  generator: LoadGenerator;
  routes: readonly Route[];
  load: Omit<Parameters<typeof steadyRounds>[2], 'perSecond' | 'rounds'>;
  few: number;
  many: number;
  tables: TableSize[];
}

async function toFigure(bench: Bench, { generator, routes, load, few, many, tables }: Measurement): Promise<Figure> {
  const perSecond = 400;
  const [small, large] = await steadyRounds(generator, routes, { ...load, perSecond, rounds: bench.quick ? 3 : 5 });
  if (!small || !large) throw new Error('No round was measured');
  const what = `${few.toLocaleString('en')} contacts`;
  return {
    title: `Answers with ${many.toLocaleString('en')} contacts stored, ${perSecond} webhooks a second about any of them`,
    rows: [
      { what: 'p50', ours: large.p50, unit: 'ms', floor: { what, value: small.p50 }, goal: { atMost: 1.2 } },
      { what: 'p99', ours: large.p99, unit: 'ms', floor: { what, value: small.p99 }, goal: { atMost: 1.2 } },
    ],
    notes: [tables.map(({ name, rows, megabytes }) => `${name} ${rows.toLocaleString('en')} rows, ${megabytes} MB`).join(' · ')],
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
