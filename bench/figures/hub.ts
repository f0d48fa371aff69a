import type { Figure } from '#bench/measure/figure.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { startHub } from '#bench/setup/hub.ts';
import { hubCalls } from './hub-calls.ts';
import { idleWrites } from './idle-writes.ts';
import { perTurn, twoTargetLatency } from './two-target-latency.ts';
import { perRound, twoTargetRate } from './two-target-rate.ts';

/** All figures with four providers and single changes. */
export async function hubFigures(bench: Bench): Promise<Figure[]> {
  await using cleanUp = new AsyncDisposableStack();
  const hub = await startHub(bench, { plain: Math.max(perTurn, perRound(bench)), leads: 10 }, cleanUp);
  return [
    await hubCalls(bench, hub),
    await idleWrites(bench, hub),
    await twoTargetLatency(bench, hub),
    await twoTargetRate(bench, hub),
  ];
}
