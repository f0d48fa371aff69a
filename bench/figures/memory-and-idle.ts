import { setTimeout as delay } from 'node:timers/promises';
import type { Figure } from '#bench/measure/figure.ts';
import { sum } from '#bench/measure/statistics.ts';
import { type CpuUse, canReadUsage, cpuDuring, readMemory } from '#bench/measure/usage.ts';
import type { Bench } from '#bench/setup/bench.ts';

export interface Rest {
  /** MB by process name. */
  memory: Record<string, number>;
  /** Per second of waiting. */
  cpu: CpuUse[];
}

/** What the stack takes while nothing happens. Null where the system does not tell. */
export async function readRest({ stack, quick }: Bench): Promise<Rest | null> {
  if (!canReadUsage) return null;
  const seconds = quick ? 5 : 10;
  await delay(2_000);
  const cpu = await cpuDuring(stack.processes, () => delay(seconds * 1_000));
  const memory = await Promise.all(stack.processes.map(async ({ name, pid }) => [name, (await readMemory(pid)).now] as const));
  return { memory: Object.fromEntries(memory), cpu: cpu.map(({ name, ms }) => ({ name, ms: ms / seconds })) };
}

/** Before everything and after everything. */
export function memoryAndIdle(before: Rest | null, after: Rest | null): Figure {
  const title = 'At rest: the whole stack, before any load and after all of it';
  if (!before || !after) return { title, rows: [], notes: ['needs /proc of Linux'] };
  const idle = ({ cpu }: Rest) => sum(cpu.map(({ ms }) => ms)) / 10;
  const share = ({ cpu }: Rest) => cpu.map(({ name, ms }) => `${name} ${(ms / 10).toFixed(1)} %`).join(', ');
  const names = Object.keys(before.memory).filter((name) => name !== 'postgres');
  return {
    title,
    rows: [
      { what: 'CPU, before', ours: idle(before), unit: '% of a core' },
      { what: 'CPU, after', ours: idle(after), unit: '% of a core' },
      ...names.map((name) => ({
        ...{ what: `memory of ${name}, after`, ours: after.memory[name] ?? 0, unit: 'MB' as const },
        floor: { what: 'before', value: before.memory[name] ?? 0 },
      })),
    ],
    notes: [`CPU before: ${share(before)}`, `CPU after: ${share(after)}`],
  };
}
