import type { Figure, Row } from '../measure/figure.ts';
import { median, percentile } from '../measure/statistics.ts';
import type { Load, Scheme } from '../processes/load-generator.ts';
import type { LoadGenerator, Route } from '../setup/ack-routes.ts';
import type { Bench } from '../setup/bench.ts';
import { person, seedGoHighLevel } from '../setup/people.ts';
import { untilQuiet } from '../setup/quiet.ts';

export interface AckRoutes {
  generator: LoadGenerator;
  /** Our api, with Temporal out of reach. */
  ours: Route;
  bare: Route;
  /** Our api with the whole stack behind it. */
  dispatching: Route;
}

const connections = 10;
const contacts = 1_000;

/** How many signed webhooks a second are stored and answered, in turns with a bare route that stores the same ones. */
export async function ackThroughput(bench: Bench, routes: AckRoutes): Promise<Figure> {
  const rounds = bench.quick ? 3 : 5;
  await turn(routes, 'ed25519', 1);
  const ed25519 = await takeTurns(routes, 'ed25519', rounds);
  const hmac = await takeTurns(routes, 'hmac', bench.quick ? 2 : 3);
  const dispatching = await withDispatch(bench, routes);
  return {
    title: 'Signed webhooks stored and answered, 10 connections',
    rows: [
      { ...toRow('Ed25519, dispatch held', ed25519), goal: { atLeast: 0.8 } },
      { ...toRow('HMAC, dispatch held', hmac), goal: { atLeast: 0.8 } },
      { what: 'Ed25519, with dispatch and sync running', ours: dispatching, unit: '/s' },
      {
        what: 'p50 at full speed, Ed25519',
        ours: ed25519.oursP50,
        unit: 'ms',
        floor: { what: bareRoute, value: ed25519.bareP50 },
      },
      {
        what: 'p99 at full speed, Ed25519',
        ours: ed25519.oursP99,
        unit: 'ms',
        floor: { what: bareRoute, value: ed25519.bareP99 },
      },
    ],
    notes: [`medians of ${rounds} rounds in turns, distinct events about ${contacts.toLocaleString('en')} contacts`],
  };
}

export const bareRoute = 'a bare Express route';

interface Turns {
  ours: number;
  bare: number;
  oursP50: number;
  bareP50: number;
  oursP99: number;
  bareP99: number;
}

async function takeTurns(routes: AckRoutes, scheme: Scheme, rounds: number): Promise<Turns> {
  const all: Turn[] = [];
  for (let round = 0; round < rounds; round += 1) all.push(await turn(routes, scheme, 2));
  const of = (read: (one: Turn) => number) => median(all.map(read));
  return {
    ours: of(({ ours }) => ours.sent / ours.seconds),
    bare: of(({ bare }) => bare.sent / bare.seconds),
    oursP50: of(({ ours }) => percentile(ours.latencies, 50)),
    bareP50: of(({ bare }) => percentile(bare.latencies, 50)),
    oursP99: of(({ ours }) => percentile(ours.latencies, 99)),
    bareP99: of(({ bare }) => percentile(bare.latencies, 99)),
  };
}

interface Turn {
  ours: Load;
  bare: Load;
}

/** The very same events to both. */
async function turn({ generator, ours, bare }: AckRoutes, scheme: Scheme, seconds: number): Promise<Turn> {
  await generator.ask({ do: 'sign', scheme, events: seconds * 5_000, contacts, prefix: 'held-', order: 'in turn' });
  const one = await generator.ask({ do: 'closed', url: ours.url, connections, seconds });
  const other = await generator.ask({ do: 'closed', url: bare.url, connections, seconds });
  return { ours: one, bare: other };
}

/** Every contact here is read from its sandbox and merged while the webhooks keep coming. */
async function withDispatch(bench: Bench, { generator, dispatching }: AckRoutes): Promise<number> {
  const people = 100;
  const seconds = bench.quick ? 2 : 4;
  const prefix = 'live-';
  const seeds = Array.from({ length: people }, (_, index) => ({ id: `${prefix}${index}`, ...person(index) }));
  await seedGoHighLevel(bench.stack.sandboxes, seeds);
  await generator.ask({ do: 'sign', scheme: 'ed25519', events: seconds * 5_000, contacts: people, prefix, order: 'in turn' });
  const { sent, seconds: took } = await generator.ask({ do: 'closed', url: dispatching.url, connections, seconds });
  await untilQuiet(bench);
  return sent / took;
}

function toRow(what: string, { ours, bare }: Turns): Row {
  return { what, ours, unit: '/s', floor: { what: bareRoute, value: bare } };
}
