import type { Figure } from '../measure/figure.ts';
import { median, percentile } from '../measure/statistics.ts';
import type { LoadGenerator, Route } from '../setup/ack-routes.ts';
import type { Bench } from '../setup/bench.ts';
import { type AckRoutes, bareRoute } from './ack-throughput.ts';

/** How long an answer takes while webhooks arrive steadily at half of what the api can take, and at the bare route at that rate. */
export async function ackLatency(bench: Bench, { generator, ours, bare }: AckRoutes, perSecond: number): Promise<Figure> {
  const seconds = bench.quick ? 2 : 3;
  const events = { contacts: 1_000, prefix: 'held-', order: 'in turn' } as const;
  const rounds = await steadyRounds(generator, [ours, bare], { ...events, perSecond, seconds, rounds: bench.quick ? 3 : 5 });
  const [own, floor] = rounds as [Latency, Latency];
  return {
    title: `Answers at ${Math.round(perSecond)} webhooks a second, half of that rate`,
    rows: [
      { what: 'p50', ours: own.p50, unit: 'ms', floor: { what: bareRoute, value: floor.p50 } },
      { what: 'p99', ours: own.p99, unit: 'ms', floor: { what: bareRoute, value: floor.p99 }, goal: { atMost: 3 } },
    ],
    notes: ['from the moment when a webhook was due, so that waiting for a connection counts'],
  };
}

export interface Latency {
  p50: number;
  p99: number;
}

export interface SteadyLoad {
  perSecond: number;
  seconds: number;
  rounds: number;
  /** How many contacts the events are about, per route where they differ. */
  contacts: number | readonly number[];
  prefix: string;
  order: 'in turn' | 'random';
}

/** The median over the rounds of each route's percentiles; the routes take turns. */
export async function steadyRounds(generator: LoadGenerator, routes: readonly Route[], load: SteadyLoad): Promise<Latency[]> {
  const { perSecond, seconds, prefix, order } = load;
  const seen = routes.map(() => ({ p50: [] as number[], p99: [] as number[] }));
  for (let round = 0; round < load.rounds; round += 1) {
    for (const [place, { url }] of routes.entries()) {
      const contacts = typeof load.contacts === 'number' ? load.contacts : (load.contacts[place] as number);
      const events = Math.ceil(perSecond * seconds);
      await generator.ask({ do: 'sign', scheme: 'ed25519', events, contacts, prefix, order });
      const { latencies } = await generator.ask({ do: 'open', url, perSecond, seconds });
      seen[place]?.p50.push(percentile(latencies, 50));
      seen[place]?.p99.push(percentile(latencies, 99));
    }
  }
  return seen.map(({ p50, p99 }) => ({ p50: median(p50), p99: median(p99) }));
}
