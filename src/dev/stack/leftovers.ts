import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { waitUntil } from '#dev/wait-until.ts';

/**
 * Ends the processes that a killed run has left behind, and waits until they have ended. They are found by a part of their command
 * line: the system may have reused a recorded process id.
 */
export async function endLeftovers(partOfCommand: string): Promise<void> {
  const found = (await listProcesses()).filter(({ pid, command }) => pid !== process.pid && command.includes(partOfCommand));
  for (const { pid } of found) process.kill(pid, 'SIGINT');
  for (const { pid } of found) {
    await waitUntil(`process ${pid} to end`, async () => {
      if ((await findCommand(pid)) !== null) throw new Error('it still runs');
    });
  }
}

/** The command line of a running process; null when no process has the id. */
export async function findCommand(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return readCommand(pid);
  return (await listByPs(['-p', String(pid)])).at(0)?.command ?? null;
}

interface Process {
  pid: number;
  command: string;
}

async function listProcesses(): Promise<Process[]> {
  if (process.platform !== 'linux') return listByPs(['-ax']);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  return Promise.all(pids.map(async (pid) => ({ pid, command: (await readCommand(pid)) ?? '' })));
}

/** Slim images have no `ps`. A zombie process has an empty command line. */
async function readCommand(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.replaceAll('\0', ' ').trim() || null;
}

async function listByPs(selection: string[]): Promise<Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,args=', ...selection]).catch(() => ({ stdout: '' }));
  return [...stdout.matchAll(/^\s*(\d+)\s+(.*)$/gm)].map(([, pid, command]) => ({ pid: Number(pid), command: String(command) }));
}
