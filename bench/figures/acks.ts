import type { Figure } from '#bench/measure/figure.ts';
import { startApi, startBareRoute, startLoadGenerator } from '#bench/setup/ack-routes.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { ackLatency } from './ack-latency.ts';
import { type AckRoutes, ackThroughput } from './ack-throughput.ts';
import { acksAmongWrongKeys } from './acks-among-wrong-keys.ts';

/** The figures about incoming webhooks. The second one uses half of the rate that the first one finds. */
export async function ackFigures(bench: Bench): Promise<Figure[]> {
  await using cleanUp = new AsyncDisposableStack();
  const stoppable = <T extends { stop(): Promise<void> }>(started: T): T => cleanUp.adopt(started, (each) => each.stop());
  const database = await bench.createDatabase('bench_ack');
  const routes: AckRoutes = {
    generator: stoppable(await startLoadGenerator(bench)),
    ours: stoppable(await startApi(bench, { database, dispatches: false })),
    bare: stoppable(await startBareRoute(database)),
    dispatching: stoppable(await startApi(bench, { database: bench.stack.database, dispatches: true })),
  };
  const throughput = await ackThroughput(bench, routes);
  const maxPerSecond = throughput.rows[0]?.ours ?? 0;
  const latency = await ackLatency(bench, routes, maxPerSecond / 2);
  const guesser = stoppable(await startLoadGenerator(bench));
  return [throughput, latency, await acksAmongWrongKeys(bench, routes, { guesser, maxPerSecond })];
}
