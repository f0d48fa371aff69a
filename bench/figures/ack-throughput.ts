import type { Figure, Row } from '#bench/measure/figure.ts';
import { medianBy, percentile } from '#bench/measure/statistics.ts';
import type { Load, Scheme } from '#bench/processes/load-generator.ts';
import type { LoadGenerator, Route } from '#bench/setup/ack-routes.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { person, seedPeople } from '#bench/setup/people.ts';
import { untilQuiet } from '#bench/setup/quiet.ts';

export interface AckRoutes {
  generator: LoadGenerator;
  /** The api without Temporal. */
  ours: Route;
  bare: Route;
  /** The api with the whole stack. */
  dispatching: Route;
}

const connections = 10;
const contacts = 1_000;

/** Signed webhooks stored and answered per second, in turns with a bare route that stores the same ones. */
export async function ackThroughput(bench: Bench, routes: AckRoutes): Promise<Figure> {
  const rounds = bench.quick ? 3 : 7;
  // Warm-up: the first events create the contacts and run uncompiled code.
  await takeTurns(routes, 'ed25519', { rounds: 1, seconds: 2 });
  const ed25519 = await takeTurns(routes, 'ed25519', { rounds, seconds: 1.5 });
  const hmac = await takeTurns(routes, 'hmac', { rounds, seconds: 1 });
  const dispatching = await measureWithDispatch(bench, routes);
  const perSecond = ({ sent, seconds }: Load) => sent / seconds;
  return {
    title: `Signed webhooks stored and answered per second, ${connections} connections`,
    rows: [
      { ...toRow('Ed25519, without dispatch', ed25519, '/s', perSecond), goal: { min: 0.85 } },
      { ...toRow('HMAC, without dispatch', hmac, '/s', perSecond), goal: { min: 0.85 } },
      { label: 'Ed25519, with dispatch and sync', ours: dispatching, unit: '/s' },
      toRow('p50 at the maximum rate, Ed25519', ed25519, 'ms', ({ latencies }) => percentile(latencies, 50)),
      toRow('p99 at the maximum rate, Ed25519', ed25519, 'ms', ({ latencies }) => percentile(latencies, 99)),
    ],
    notes: [`median of ${rounds} rounds in turns; distinct events about ${contacts.toLocaleString('en')} contacts`],
  };
}

export const bareRoute = 'bare Express route';

interface Turn {
  ours: Load;
  bare: Load;
}

/** From the round with the median ratio. */
function toRow(label: string, turns: Turn[], unit: Row['unit'], read: (load: Load) => number): Row {
  const { ours, bare } = medianBy(turns, (turn) => read(turn.ours) / read(turn.bare));
  return { label, ours: read(ours), unit, floor: { label: bareRoute, value: read(bare) } };
}

interface Pace {
  rounds: number;
  seconds: number;
}

/** Sends the same events to both routes. */
async function takeTurns({ generator, ours, bare }: AckRoutes, scheme: Scheme, { rounds, seconds }: Pace): Promise<Turn[]> {
  const turns: Turn[] = [];
  const send = (url: string) => generator.ask({ do: 'closed', url, connections, seconds });
  for (let round = 0; round < rounds; round += 1) {
    await generator.ask({ do: 'sign', scheme, events: seconds * 5_000, contacts, prefix: 'held-', order: 'in turn' });
    const first = await send(round % 2 === 0 ? ours.url : bare.url);
    const second = await send(round % 2 === 0 ? bare.url : ours.url);
    turns.push(round % 2 === 0 ? { ours: first, bare: second } : { ours: second, bare: first });
  }
  return turns;
}

/** The rate while the worker reads each contact from its sandbox and merges it. */
async function measureWithDispatch(bench: Bench, { generator, dispatching }: AckRoutes): Promise<number> {
  const people = 100;
  const seconds = bench.quick ? 2 : 4;
  const prefix = 'live-';
  const seeds = Array.from({ length: people }, (_, index) => ({ id: `${prefix}${index}`, ...person(index) }));
  await seedPeople(bench.stack.sandboxes.gohighlevel, seeds);
  await generator.ask({ do: 'sign', scheme: 'ed25519', events: seconds * 5_000, contacts: people, prefix, order: 'in turn' });
  const { sent, seconds: took } = await generator.ask({ do: 'closed', url: dispatching.url, connections, seconds });
  await untilQuiet(bench);
  return sent / took;
}
