import { setTimeout as delay } from 'node:timers/promises';
import type { Figure } from '#bench/measure/figure.ts';
import { sum } from '#bench/measure/statistics.ts';
import { type CpuUse, canReadUsage, cpuDuring, readMemory } from '#bench/measure/usage.ts';
import type { Bench } from '#bench/setup/bench.ts';

export interface IdleUsage {
  /** MB by process name. */
  memory: Record<string, number>;
  /** Milliseconds per second. */
  cpu: CpuUse[];
}

/** Memory and CPU of the idle stack. Null on systems without /proc. */
export async function readIdle({ stack, quick }: Bench): Promise<IdleUsage | null> {
  if (!canReadUsage) return null;
  const seconds = quick ? 5 : 10;
  await delay(2_000);
  const cpu = await cpuDuring(stack.processes, () => delay(seconds * 1_000));
  const memory = await Promise.all(stack.processes.map(async ({ name, pid }) => [name, (await readMemory(pid)).now] as const));
  return { memory: Object.fromEntries(memory), cpu: cpu.map(({ name, ms }) => ({ name, ms: ms / seconds })) };
}

/** The idle stack before and after all other figures. */
export function memoryAndIdle(before: IdleUsage | null, after: IdleUsage | null): Figure {
  const title = 'The idle stack, before and after all load';
  if (!before || !after) return { title, rows: [], notes: ["needs Linux' /proc"] };
  const idle = ({ cpu }: IdleUsage) => sum(cpu.map(({ ms }) => ms)) / 10;
  const share = ({ cpu }: IdleUsage) => cpu.map(({ name, ms }) => `${name} ${(ms / 10).toFixed(1)} %`).join(', ');
  const names = Object.keys(before.memory).filter((name) => name !== 'postgres');
  return {
    title,
    rows: [
      { label: 'CPU, before', ours: idle(before), unit: '% of a core' },
      { label: 'CPU, after', ours: idle(after), unit: '% of a core' },
      ...names.map((name) => ({
        ...{ label: `memory of ${name}, after`, ours: after.memory[name] ?? 0, unit: 'MB' as const },
        floor: { label: 'before', value: before.memory[name] ?? 0 },
      })),
    ],
    notes: [`CPU before: ${share(before)}`, `CPU after: ${share(after)}`],
  };
}
