import type { Figure } from '#bench/measure/figure.ts';
import type { LoadGenerator } from '#bench/setup/ack-routes.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { type SteadyRound, toLatencyRow } from './ack-latency.ts';
import type { AckRoutes } from './ack-throughput.ts';

const seconds = 3;

/**
 * Response times of webhooks while somebody guesses API keys, next to those while nobody does. A machine that cannot take 1,000 webhooks a
 * second gets fewer of both: overload would be measured otherwise.
 */
export async function acksAmongWrongKeys(
  bench: Bench,
  { generator, ours }: AckRoutes,
  { guesser, maxPerSecond }: { guesser: LoadGenerator; maxPerSecond: number },
): Promise<Figure> {
  const webhooksPerSecond = Math.ceil(Math.min(200, maxPerSecond / 5));
  const wrongKeysPerSecond = Math.ceil(Math.min(1_000, maxPerSecond));
  const rounds: SteadyRound[] = [];
  const { url } = ours;
  const send = async ({ amongGuesses }: { amongGuesses: boolean }) => {
    const events = webhooksPerSecond * seconds;
    await generator.ask({ do: 'sign', scheme: 'ed25519', events, contacts: 1_000, prefix: 'guessed-', order: 'in turn' });
    const [{ latencies }] = await Promise.all([
      generator.ask({ do: 'open', url, perSecond: webhooksPerSecond, seconds }),
      amongGuesses && guesser.ask({ do: 'guess', url, perSecond: wrongKeysPerSecond, seconds }),
    ]);
    return latencies;
  };
  // The first one warms up both.
  for (let round = 0; round <= (bench.quick ? 3 : 5); round += 1) {
    const first = await send({ amongGuesses: true });
    rounds.push({ first, second: await send({ amongGuesses: false }) });
  }
  return {
    title: `Response times at ${webhooksPerSecond} webhooks and ${wrongKeysPerSecond} wrong API keys per second`,
    rows: [{ ...toLatencyRow(rounds.slice(1), 99, 'without wrong keys'), goal: { max: 2 } }],
    notes: ['wrong keys come from one address: after 30 of them the database is not asked'],
  };
}
