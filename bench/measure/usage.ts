import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** Memory and CPU come from Linux' /proc; other systems leave these figures out. */
export const canReadUsage = existsSync('/proc/self/stat');

/** Linux counts CPU time in hundredths of a second, on every architecture that Node runs on. */
const ticksPerSecond = 100;

/** Resident memory of one process in MB: now, and its peak. */
export async function readMemory(pid: number): Promise<{ now: number; peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}

/** The CPU that each process uses while `work` runs, in milliseconds, busiest first. */
export async function cpuDuring(
  processes: readonly { name: string; pid: number }[],
  work: () => Promise<unknown>,
): Promise<CpuUse[]> {
  const read = () => Promise.all(processes.map(({ pid }) => (canReadUsage ? readCpuSeconds(pid) : 0)));
  const before = await read();
  await work();
  const after = await read();
  const used = processes.map(({ name }, place) => ({ name, ms: ((after[place] as number) - (before[place] as number)) * 1_000 }));
  return used.sort((one, other) => other.ms - one.ms);
}

export interface CpuUse {
  name: string;
  ms: number;
}

/** CPU seconds of a process and all its descendants, ended ones included: PostgreSQL works in child processes. */
export async function readCpuSeconds(pid: number): Promise<number> {
  const processes = await listProcesses();
  const family = new Set([pid]);
  // /proc nearly always lists parents before children; a few rounds find the rest.
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const each of processes) if (family.has(each.parent)) family.add(each.pid);
  }
  return processes.filter((each) => family.has(each.pid)).reduce((total, { cpuSeconds }) => total + cpuSeconds, 0);
}

interface ProcessRow {
  pid: number;
  parent: number;
  cpuSeconds: number;
}

async function listProcesses(): Promise<ProcessRow[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').then(toRow, () => null)));
  return rows.filter((row) => row !== null);
}

/** `pid (name) state parent …`: the name may contain spaces, so fields count from its closing bracket (man 5 proc_pid_stat). */
function toRow(stat: string): ProcessRow {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = [fields[11], fields[12], fields[13], fields[14]].reduce((total, field) => total + Number(field), 0);
  return { pid: Number.parseInt(stat, 10), parent: Number(fields[1]), cpuSeconds: ticks / ticksPerSecond };
}
