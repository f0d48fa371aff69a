import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findCommand } from './leftovers.ts';

interface Holder {
  pid: number;
  /** Its command line: the system gives a pid again to somebody else. */
  command: string;
}

/** Keeps a second stack out of a data folder. Throws an Error in one sentence when one runs there; else returns the release. */
export async function lockStack(directory: string): Promise<() => Promise<void>> {
  const file = join(directory, 'lock');
  const self: Holder = { pid: process.pid, command: (await findCommand(process.pid)) ?? '' };
  while (!(await take(file, self))) await removeStale(file, directory);
  return () => rm(file, { force: true });
}

async function take(file: string, self: Holder): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeStale(file: string, directory: string): Promise<void> {
  const holder = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as Holder)
    .catch(() => null);
  if (holder && (await findCommand(holder.pid)) === holder.command) {
    throw new Error(`Accord already runs on ${directory} (process ${holder.pid}): stop it, or take another folder with --data.`);
  }
  await rm(file, { force: true });
}
