import type { Figure, Row } from '#bench/measure/figure.ts';
import { mean, percentile } from '#bench/measure/statistics.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { fillWithPeople, makeNewcomers } from '#bench/setup/many-people.ts';
import { type Accord, openAccord } from '#bench/setup/store-only.ts';

/** The time to store a new person's record with a hundred times as many contacts, and the statements that recognising adds. */
export async function recognition(bench: Bench): Promise<Figure> {
  const [few, many] = bench.quick ? [1_000, 100_000] : [10_000, 1_000_000];
  const [warmUps, rounds, withoutRecognising] = bench.quick ? [50, 100, 50] : [100, 400, 100];
  await using cleanUp = new AsyncDisposableStack();
  const open = async (contacts: number) => {
    const database = await bench.createDatabase(`bench_people_${contacts}`);
    await fillWithPeople(database, { contacts, accountId: bench.stack.sandboxes.gohighlevel.locationId });
    return cleanUp.adopt(openAccord(bench, database), (accord) => accord.close());
  };
  const [small, large] = [await open(few), await open(many)];
  const newcomers = await makeNewcomers(await bench.createDatabase('bench_newcomers'), warmUps + rounds + withoutRecognising);
  const values = newcomers[Symbol.iterator]();
  const times: Record<'small' | 'large', number[]> = { small: [], large: [] };
  const statements: Record<'auto' | 'off', number[]> = { auto: [], off: [] };
  const storeInBoth = async (mode: 'auto' | 'off', isMeasured: boolean) => {
    const { value } = values.next();
    if (value === undefined) return;
    const both: ['small' | 'large', Accord][] = [
      ['small', small],
      ['large', large],
    ];
    // The second one finds warm code, so they swap places.
    if (times.small.length % 2 === 1) both.reverse();
    for (const [size, accord] of both) {
      const stored = await accord.storeNewRecord(value, mode);
      if (!isMeasured) continue;
      if (mode === 'auto') times[size].push(stored.ms);
      if (size === 'large') statements[mode].push(stored.statements);
    }
  };
  for (let round = 0; round < warmUps; round += 1) await storeInBoth('auto', false);
  for (let round = 0; round < rounds; round += 1) await storeInBoth('auto', true);
  for (let round = 0; round < withoutRecognising; round += 1) await storeInBoth('off', true);
  const floor = (value: number) => ({ floor: { label: `${few.toLocaleString('en')} contacts`, value }, goal: { max: 1.3 } });
  const toRow = (label: string, of: (all: readonly number[]) => number): Row => ({
    ...{ label, ours: of(times.large), unit: 'ms' as const },
    ...floor(of(times.small)),
  });
  return {
    title: `A new person's record with ${many.toLocaleString('en')} stored contacts`,
    rows: [
      toRow('stored, mean', mean),
      toRow('stored, p50', (all) => percentile(all, 50)),
      toRow('stored, p95', (all) => percentile(all, 95)),
      // `off` stores the keys, too.
      { label: 'statements for recognising', ours: mean(statements.auto) - mean(statements.off) + 1, unit: '', goal: { max: 5 } },
    ],
    notes: [
      `${rounds} new people in both stores in turns; statements per record: ${mean(statements.auto).toFixed(1)}, with \`mode: off\` ${mean(statements.off).toFixed(1)}`,
    ],
  };
}
