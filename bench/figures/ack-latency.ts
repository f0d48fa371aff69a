import type { Figure, Row } from '#bench/measure/figure.ts';
import { medianBy, percentile } from '#bench/measure/statistics.ts';
import type { LoadGenerator, Route } from '#bench/setup/ack-routes.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { type AckRoutes, bareRoute } from './ack-throughput.ts';

/** Response times at half of the api's maximum rate, next to those of the bare route at the same rate. */
export async function ackLatency(bench: Bench, { generator, ours, bare }: AckRoutes, perSecond: number): Promise<Figure> {
  const events = { contacts: 1_000, prefix: 'held-', order: 'in turn' } as const;
  const load = { perSecond, seconds: 2, rounds: bench.quick ? 3 : 5 };
  const rounds = await steadyRounds(generator, {
    ...load,
    first: { route: ours, ...events },
    second: { route: bare, ...events },
  });
  return {
    title: `Response times at ${Math.round(perSecond)} webhooks per second, half of the maximum rate`,
    rows: [toLatencyRow(rounds, 50, bareRoute), { ...toLatencyRow(rounds, 99, bareRoute), goal: { max: 3 } }],
    notes: ['from the time that a webhook was due, so waiting for a connection counts'],
  };
}

export interface SteadyLoad {
  perSecond: number;
  seconds: number;
  rounds: number;
  first: Target;
  second: Target;
}

interface Target {
  route: Route;
  /** The number of contacts that the events are about. */
  contacts: number;
  prefix: string;
  order: 'in turn' | 'random';
}

/** Latencies in milliseconds. */
export interface SteadyRound {
  first: number[];
  second: number[];
}

/** Loads two routes in turns, at the same rate. */
export async function steadyRounds(generator: LoadGenerator, { first, second, ...load }: SteadyLoad): Promise<SteadyRound[]> {
  const rounds: SteadyRound[] = [];
  const send = async ({ route, contacts, prefix, order }: Target) => {
    const { perSecond, seconds } = load;
    const events = Math.ceil(perSecond * seconds);
    await generator.ask({ do: 'sign', scheme: 'ed25519', events, contacts, prefix, order });
    return (await generator.ask({ do: 'open', url: route.url, perSecond, seconds })).latencies;
  };
  for (let round = 0; round < load.rounds; round += 1) {
    // The second route suffers from the first one's pending disk writes, so they swap places every other round.
    const isSwapped = round % 2 === 1;
    const one = await send(isSwapped ? second : first);
    const other = await send(isSwapped ? first : second);
    rounds.push(isSwapped ? { first: other, second: one } : { first: one, second: other });
  }
  return rounds;
}

/** A percentile of both routes, from the round with the median ratio. */
export function toLatencyRow(rounds: SteadyRound[], percent: number, floorLabel: string): Row {
  const values = rounds.map(({ first, second }) => ({ ours: percentile(first, percent), floor: percentile(second, percent) }));
  const { ours, floor } = medianBy(values, (value) => value.ours / value.floor);
  return { label: `p${percent}`, ours, unit: 'ms', floor: { label: floorLabel, value: floor } };
}
